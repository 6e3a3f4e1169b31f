/// A request with its signature, as far as it can be judged without the key: it covers enough, and says of the body what
/// it is.
public struct SignedRequest: Sendable {
    public let signature: MessageSignature
    /// What was signed.
    public let base: [UInt8]
    /// Nil where the signature covers none.
    public let contentDigest: ContentDigest?

    /// Fails with `invalidSignature`.
    public init(_ request: SignableRequest) throws(Failure) {
        signature = try MessageSignature(of: request)
        try signature.requireCoverage(of: request)
        base = try request.signatureBase(signature.input)
        guard signature.covers("content-digest") else {
            contentDigest = nil
            return
        }
        guard let digest = request.field("content-digest").flatMap({ ContentDigest($0) }) else {
            throw .invalidSignature("Content-Digest has a digest of sha-256 or sha-512.")
        }
        contentDigest = digest
    }

    /// Passes where the body is the one that was signed; else `contentDigestMismatch`.
    public func requireSigned(_ body: [UInt8], by cryptography: any MessageCryptography) throws(Failure) {
        guard let contentDigest else {
            guard body.isEmpty else {
                throw Failure(.contentDigestMismatch, "A signature covers the Content-Digest of the body.")
            }
            return
        }
        guard contentDigest.matches(body, by: cryptography) else {
            throw Failure(.contentDigestMismatch, "The Content-Digest is not the body's.")
        }
    }
}
