public import TenonDomain

/// HMAC-SHA-256, Ed25519 and body digests with OpenSSL.
public struct OpenSSLMessageCryptography: MessageCryptography {
    public init() {}

    public func isEd25519PublicKey(_ bytes: [UInt8]) -> Bool {
        Ed25519PublicKey(bytes) != nil
    }

    public func verifies(_ signature: [UInt8], of message: [UInt8], by key: VerificationKey) -> Bool {
        switch key {
        case .hmacSHA256(let secret):
            ConstantTime.areEqual(HMACSHA256.authenticate(message, key: secret), signature)
        case .ed25519(let bytes):
            Ed25519PublicKey(bytes)?.verifies(signature, of: message) ?? false
        }
    }

    public func digest(of bytes: [UInt8], by algorithm: ContentDigest.Algorithm) -> [UInt8] {
        bytes.withUnsafeBytes { bytes in
            switch algorithm {
            case .sha256: SHA256.digest(bytes)
            case .sha512: SHA512.digest(bytes)
            }
        }
    }
}
