/// A key to verify signatures.
public enum VerificationKey: Sendable, Equatable {
    /// Shared with the client.
    case hmacSHA256(Secret)
    /// 32 bytes.
    case ed25519([UInt8])

    public var algorithm: MessageSignatureAlgorithm {
        switch self {
        case .hmacSHA256: .hmacSHA256
        case .ed25519: .ed25519
        }
    }
}

/// The cryptographic primitives of message signatures.
public protocol MessageCryptography: Sendable {
    /// Whether these are the bytes of an Ed25519 public key (RFC 8032).
    func isEd25519PublicKey(_ bytes: [UInt8]) -> Bool

    /// HMAC (RFC 2104) in constant time, or Ed25519.
    func verifies(_ signature: [UInt8], of message: [UInt8], by key: VerificationKey) -> Bool

    func digest(of bytes: [UInt8], by algorithm: ContentDigest.Algorithm) -> [UInt8]
}
