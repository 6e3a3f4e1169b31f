internal import COpenSSL
internal import TenonDomain

/// scrypt (RFC 7914).
enum Scrypt {
    /// Nil where OpenSSL refuses the parameters.
    static func derive(_ password: Secret, salt: [UInt8], logN: Int, r: Int, p: Int, count: Int) -> [UInt8]? {
        var isDone = false
        // OpenSSL's own limit is 32 MiB, which N = 2^17 passes.
        let memory = UInt64(128 * r) * UInt64((1 << logN) + p + 8)
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            isDone = password.withBytes { password in
                EVP_PBE_scrypt(
                    password.baseAddress?.assumingMemoryBound(to: CChar.self), password.count, salt, salt.count,
                    UInt64(1) << UInt64(logN), UInt64(r), UInt64(p), memory, buffer.baseAddress, count) == 1
            }
            initialized = isDone ? count : 0
        }
        return isDone ? output : nil
    }
}

/// Argon2id (RFC 9106), where the linked OpenSSL has it (3.2 and newer).
enum Argon2id {
    static let isAvailable: Bool = {
        guard let algorithm = EVP_KDF_fetch(nil, "ARGON2ID", nil) else {
            ERR_clear_error()
            return false
        }
        EVP_KDF_free(algorithm)
        return true
    }()

    /// `memory` in KiB. Nil where OpenSSL has no Argon2id or refuses the parameters.
    static func derive(
        _ password: Secret, salt: [UInt8], memory: UInt32, passes: UInt32, lanes: UInt32, count: Int
    ) -> [UInt8]? {
        guard isAvailable, let algorithm = EVP_KDF_fetch(nil, "ARGON2ID", nil) else { return nil }
        defer { EVP_KDF_free(algorithm) }
        guard let context = EVP_KDF_CTX_new(algorithm) else { return nil }
        defer { EVP_KDF_CTX_free(context) }
        var numbers = [memory, passes, lanes, 1]
        var secret = password.withBytes { Array($0) }
        defer { OPENSSL_cleanse(&secret, secret.count) }
        var salt = salt
        var isDone = false
        let output = [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            numbers.withUnsafeMutableBufferPointer { numbers in
                secret.withUnsafeMutableBytes { secret in
                    salt.withUnsafeMutableBytes { salt in
                        let parameters = [
                            OSSL_PARAM_construct_octet_string("pass", secret.baseAddress, secret.count),
                            OSSL_PARAM_construct_octet_string("salt", salt.baseAddress, salt.count),
                            OSSL_PARAM_construct_uint32("memcost", numbers.baseAddress! + 0),
                            OSSL_PARAM_construct_uint32("iter", numbers.baseAddress! + 1),
                            OSSL_PARAM_construct_uint32("lanes", numbers.baseAddress! + 2),
                            OSSL_PARAM_construct_uint32("threads", numbers.baseAddress! + 3),
                            OSSL_PARAM_construct_end(),
                        ]
                        isDone = EVP_KDF_derive(context, buffer.baseAddress, count, parameters) == 1
                    }
                }
            }
            initialized = isDone ? count : 0
        }
        return isDone ? output : nil
    }
}
