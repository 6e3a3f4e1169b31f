internal import COpenSSL
internal import TenonDomain

/// Ed25519 (RFC 8032). Owns OpenSSL's key.
final class Ed25519PrivateKey: @unchecked Sendable {
    // OpenSSL's keys are counted and not changed after they are made.
    private let key: OpaquePointer
    /// 32 bytes.
    let publicKey: [UInt8]

    /// From the seed, 32 bytes.
    init?(seed: Secret) {
        let made = seed.withBytes { seed in
            EVP_PKEY_new_raw_private_key(
                EVP_PKEY_ED25519, nil, seed.baseAddress?.assumingMemoryBound(to: UInt8.self), seed.count)
        }
        guard let made else { return nil }
        key = made
        publicKey = [UInt8](unsafeUninitializedCapacity: 32) { buffer, initialized in
            var count = 32
            precondition(EVP_PKEY_get_raw_public_key(made, buffer.baseAddress, &count) == 1, "no public key")
            initialized = count
        }
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// 64 bytes; the same for the same message.
    func sign(_ message: [UInt8]) -> [UInt8] {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return [UInt8](unsafeUninitializedCapacity: 64) { buffer, initialized in
            var count = 64
            let isDone =
                EVP_DigestSignInit(context, nil, nil, nil, key) == 1
                && EVP_DigestSign(context, buffer.baseAddress, &count, message, message.count) == 1
            precondition(isDone, "Ed25519 cannot sign")
            initialized = count
        }
    }
}

final class Ed25519PublicKey: @unchecked Sendable {
    private let key: OpaquePointer
    let bytes: [UInt8]

    /// From 32 bytes.
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32, let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count) else {
            return nil
        }
        self.key = key
        self.bytes = bytes
    }

    deinit {
        EVP_PKEY_free(key)
    }

    func verifies(_ signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        return EVP_DigestVerifyInit(context, nil, nil, nil, key) == 1
            && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
