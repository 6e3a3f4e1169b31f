extension FailureCode {
    public static let invalidAPIKey = FailureCode(
        "invalid_api_key", .unauthenticated, "The API key is not valid",
        "The key is mistyped, unknown, expired, disabled, or not allowed from this address or without a signature. Only "
            + "the tenant's audit log contains the reason.")
    public static let invalidSignature = FailureCode(
        "invalid_signature", .unauthenticated, "The request's signature is not valid",
        "The signature (RFC 9421) does not match the request and the key, is too old, or covers too little. `detail` "
            + "names the violated rule.")
    public static let signatureReplayed = FailureCode(
        "signature_replayed", .unauthenticated, "The signature was used before",
        "A signature is valid for one request. Sign again, with a new `nonce` for requests within the same second.")
    public static let contentDigestMismatch = FailureCode(
        "content_digest_mismatch", .unauthenticated, "The body does not match the signature",
        "A body requires a matching `Content-Digest` (RFC 9530) with sha-256 or sha-512 that the signature covers."
    )
    public static let apiKeyNotFound = FailureCode(
        "api_key_not_found", .notFound, "No such API key", "The API key does not exist in the caller's tenant.")
    public static let apiKeyRotating = FailureCode(
        "api_key_rotating", .conflict, "The key already has two valid secrets",
        "The previous secret is still valid. Wait until `ends_at`, or rotate with `overlap_seconds` 0, which "
            + "ends all older secrets at once.")
}

extension Failure {
    public static let noAPIKey = Failure(.apiKeyNotFound, "No API key has this id.")

    /// The same response for every reason, so that it reveals nothing about keys.
    public static var invalidAPIKey: Failure {
        Failure(.invalidAPIKey, "The API key is not valid.")
    }

    /// Without a detail, the same response for every reason that concerns keys.
    public static func invalidSignature(
        _ detail: String = "The signature does not match the request and the key."
    ) -> Failure {
        Failure(.invalidSignature, detail)
    }
}

extension FailureCode {
    /// The failures of every operation that accepts API keys and signatures, before it does anything.
    public static let ofPrograms: [FailureCode] = [
        .invalidAPIKey, .invalidSignature, .signatureReplayed, .contentDigestMismatch,
    ]
}
