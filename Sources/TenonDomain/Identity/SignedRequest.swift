/// A signed request, checked as far as possible without the key: it covers enough, and declares the body's digest.
public struct SignedRequest: Sendable {
    public let signature: MessageSignature
    /// The signed bytes.
    public let base: [UInt8]
    /// Nil if the signature covers none.
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
            throw .invalidSignature("Content-Digest must have a digest of sha-256 or sha-512.")
        }
        contentDigest = digest
    }

    /// Passes if the body matches the signed digest; else `contentDigestMismatch`.
    public func requireSigned(_ body: [UInt8], by cryptography: any MessageCryptography) throws(Failure) {
        guard let contentDigest else {
            guard body.isEmpty else {
                throw Failure(.contentDigestMismatch, "A signature must cover the Content-Digest of the body.")
            }
            return
        }
        guard contentDigest.matches(body, by: cryptography) else {
            throw Failure(.contentDigestMismatch, "The Content-Digest does not match the body.")
        }
    }
}
