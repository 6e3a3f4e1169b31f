internal import COpenSSL
internal import TenonDomain

/// Ed25519 (RFC 8032). Owns OpenSSL's key.
final class Ed25519PrivateKey: @unchecked Sendable {
    // OpenSSL's keys are reference-counted and immutable.
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

    /// From 32 bytes. Nil for an invalid key, and for a point of small order: with such a key anyone's signature can be
    /// valid (RFC 8032 §8.8 leaves the check to the application).
    init?(_ bytes: [UInt8]) {
        guard bytes.count == 32, !Self.smallOrder.contains(bytes.dropLast() + [bytes[31] & 0x7F]),
            let key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nil, bytes, bytes.count)
        else {
            return nil
        }
        self.key = key
        self.bytes = bytes
    }

    /// The encodings of the eight points whose order divides 8, without the sign of x: y is 0, 1, -1 or one of the two
    /// of order 8, or p and p + 1 instead of 0 and 1.
    private static let smallOrder: Set<[UInt8]> = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [
            0x26, 0xE8, 0x95, 0x8F, 0xC2, 0xB2, 0x27, 0xB0, 0x45, 0xC3, 0xF4, 0x89, 0xF2, 0xEF, 0x98, 0xF0, 0xD5, 0xDF,
            0xAC, 0x05, 0xD3, 0xC6, 0x33, 0x39, 0xB1, 0x38, 0x02, 0x88, 0x6D, 0x53, 0xFC, 0x05,
        ],
        [
            0xC7, 0x17, 0x6A, 0x70, 0x3D, 0x4D, 0xD8, 0x4F, 0xBA, 0x3C, 0x0B, 0x76, 0x0D, 0x10, 0x67, 0x0F, 0x2A, 0x20,
            0x53, 0xFA, 0x2C, 0x39, 0xCC, 0xC6, 0x4E, 0xC7, 0xFD, 0x77, 0x92, 0xAC, 0x03, 0x7A,
        ],
        [0xEC] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [0xED] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
        [0xEE] + [UInt8](repeating: 0xFF, count: 30) + [0x7F],
    ]

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
