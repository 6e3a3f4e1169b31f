internal import COpenSSL
internal import TenonDomain

/// SHA-256 (FIPS 180-4), HMAC (RFC 2104) and HKDF (RFC 5869) over it.
enum SHA256 {
    static let length = 32

    static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: length) { buffer, initialized in
            var count = UInt32(length)
            let done = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &count, EVP_sha256(), nil)
            precondition(done == 1, "no SHA-256")
            initialized = length
        }
    }
}

enum SHA512 {
    static func digest(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 64) { buffer, initialized in
            var count: UInt32 = 64
            let done = EVP_Digest(bytes.baseAddress, bytes.count, buffer.baseAddress, &count, EVP_sha512(), nil)
            precondition(done == 1, "no SHA-512")
            initialized = 64
        }
    }
}

enum HMACSHA256 {
    static func authenticate(_ message: [UInt8], key: Secret) -> [UInt8] {
        key.withBytes { key in authenticate(message, key: key) }
    }

    static func authenticate(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
        key.withUnsafeBytes { key in authenticate(message, key: key) }
    }

    private static func authenticate(_ message: [UInt8], key: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: SHA256.length) { buffer, initialized in
            var count = UInt32(SHA256.length)
            // An empty key still needs an address.
            var none: UInt8 = 0
            let done = withUnsafePointer(to: &none) { none in
                HMAC(
                    EVP_sha256(), key.baseAddress ?? UnsafeRawPointer(none), Int32(key.count), message, message.count,
                    buffer.baseAddress, &count)
            }
            precondition(done != nil, "no HMAC")
            initialized = SHA256.length
        }
    }
}

enum HKDFSHA256 {
    /// At most 255 × 32 bytes.
    static func derive(from secret: [UInt8], salt: [UInt8] = [], info: [UInt8], count: Int) -> [UInt8] {
        let key = HMACSHA256.authenticate(secret, key: salt.isEmpty ? [UInt8](repeating: 0, count: 32) : salt)
        var output: [UInt8] = []
        var block: [UInt8] = []
        var number: UInt8 = 1
        while output.count < count {
            block = HMACSHA256.authenticate(block + info + [number], key: key)
            output += block
            number += 1
        }
        return Array(output.prefix(count))
    }

    /// A secret of 32 bytes for a label.
    static func derive(from secret: Secret, label: String) -> Secret {
        secret.withWipedArray { Secret(wiping: derive(from: $0, info: Array("tenon/\(label)".utf8), count: 32)) }
    }
}

enum ConstantTime {
    static func areEqual(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
        let left = Array(left)
        let right = Array(right)
        return left.count == right.count && CRYPTO_memcmp(left, right, left.count) == 0
    }
}
