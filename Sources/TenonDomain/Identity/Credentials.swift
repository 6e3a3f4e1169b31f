/// What a request authenticates with.
public enum Credentials: Sendable {
    /// `Authorization: Bearer …`
    case accessToken(String)
    /// `tnk_…`, as a bearer token or in `X-API-Key`
    case apiKey(String)
    /// `Signature-Input` and `Signature` (RFC 9421). It is checked again with the body before the operation runs.
    case signature(SignedRequest)
}
