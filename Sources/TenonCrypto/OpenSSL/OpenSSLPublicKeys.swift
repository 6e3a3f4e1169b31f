internal import COpenSSL
public import TenonDomain

/// Verifies other parties' signatures with libcrypto. Creates a key for each signature, which is only one for each
/// login over an identity provider.
public struct OpenSSLPublicKeys: PublicKeyVerification {
    private static let modulusBits = 2048...8192

    public init() {}

    public func sha256(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { SHA256.digest($0) }
    }

    public func verifies(
        _ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm, under key: PublicKeyMaterial
    ) -> Bool {
        // A failed verification leaves errors behind, which the thread's next user of libcrypto would misread.
        defer { ERR_clear_error() }
        switch (algorithm, key) {
        case (.rs256, .rsa(let n, let e)), (.rs384, .rsa(let n, let e)), (.rs512, .rsa(let n, let e)),
            (.ps256, .rsa(let n, let e)):
            guard let key = Self.rsa(n, e) else { return false }
            return key.verifies(signature, of: message, Self.digest(of: algorithm), isPSS: algorithm == .ps256)
        case (.es256, .p256(let x, let y)):
            return Self.verifiesECDSA(signature, of: message, x, y, on: "P-256", width: 32, EVP_sha256())
        case (.es384, .p384(let x, let y)):
            return Self.verifiesECDSA(signature, of: message, x, y, on: "P-384", width: 48, EVP_sha384())
        case (.ed25519, .ed25519(let bytes)):
            return Ed25519PublicKey(bytes)?.verifies(signature, of: message) ?? false
        default:
            return false
        }
    }

    private static func digest(of algorithm: SignatureAlgorithm) -> OpaquePointer? {
        switch algorithm {
        case .rs384, .es384: EVP_sha384()
        case .rs512: EVP_sha512()
        case .rs256, .ps256, .es256: EVP_sha256()
        case .ed25519: nil
        }
    }

    /// Nil for a modulus outside the limits, or an exponent that is even, below 65537 or longer than 4 bytes, which
    /// would only take time.
    private static func rsa(_ modulus: [UInt8], _ exponent: [UInt8]) -> PublicKey? {
        let modulus = Array(modulus.drop { $0 == 0 })
        let exponent = Array(exponent.drop { $0 == 0 })
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard modulusBits.contains(bits), modulus.last! & 1 == 1, exponent.count <= 4,
            exponent.reduce(UInt64(0), { $0 << 8 | UInt64($1) }) >= 65_537, exponent.last! & 1 == 1,
            let builder = OSSL_PARAM_BLD_new()
        else { return nil }
        defer { OSSL_PARAM_BLD_free(builder) }
        let n = BN_bin2bn(modulus, Int32(modulus.count), nil)
        let e = BN_bin2bn(exponent, Int32(exponent.count), nil)
        defer {
            BN_free(n)
            BN_free(e)
        }
        guard OSSL_PARAM_BLD_push_BN(builder, KeyParameter.modulus, n) == 1,
            OSSL_PARAM_BLD_push_BN(builder, KeyParameter.exponent, e) == 1
        else { return nil }
        return PublicKey("RSA", builder)
    }

    private static func verifiesECDSA(
        _ signature: [UInt8], of message: [UInt8], _ x: [UInt8], _ y: [UInt8], on curve: String, width: Int,
        _ digest: OpaquePointer?
    ) -> Bool {
        guard signature.count == 2 * width, x.count == width, y.count == width,
            let builder = OSSL_PARAM_BLD_new()
        else { return false }
        defer { OSSL_PARAM_BLD_free(builder) }
        // 4 means that both coordinates follow.
        let point = [4] + x + y
        // The builder keeps the addresses until the key is created.
        return point.withUnsafeBytes { point in
            curve.withCString { curve in
                guard OSSL_PARAM_BLD_push_utf8_string(builder, KeyParameter.group, curve, 0) == 1,
                    OSSL_PARAM_BLD_push_octet_string(
                        builder, KeyParameter.point, point.baseAddress, point.count) == 1,
                    let key = PublicKey("EC", builder), key.isSound, let encoded = der(signature, width: width)
                else { return false }
                return key.verifies(encoded, of: message, digest, isPSS: false)
            }
        }
    }

    /// The two numbers in libcrypto's format (RFC 3279 §2.2.3).
    private static func der(_ signature: [UInt8], width: Int) -> [UInt8]? {
        guard let pair = ECDSA_SIG_new() else { return nil }
        defer { ECDSA_SIG_free(pair) }
        let numbers = [signature[..<width], signature[width...]].map { half in
            Array(half).withUnsafeBufferPointer { BN_bin2bn($0.baseAddress, Int32($0.count), nil) }
        }
        // The pair owns the numbers from here on.
        guard ECDSA_SIG_set0(pair, numbers[0], numbers[1]) == 1 else { return nil }
        let length = i2d_ECDSA_SIG(pair, nil)
        guard length > 0 else { return nil }
        return [UInt8](unsafeUninitializedCapacity: Int(length)) { buffer, initialized in
            var end = buffer.baseAddress
            initialized = Int(max(0, i2d_ECDSA_SIG(pair, &end)))
        }
    }
}

/// The names of a key's parts (`OSSL_PKEY_PARAM_…`). A builder keeps their addresses, so they must not move, unlike
/// those of Swift strings.
private enum KeyParameter {
    static var modulus: UnsafePointer<CChar> { address(of: "n") }
    static var exponent: UnsafePointer<CChar> { address(of: "e") }
    static var group: UnsafePointer<CChar> { address(of: "group") }
    static var point: UnsafePointer<CChar> { address(of: "pub") }

    private static func address(of name: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}

/// Owns a public key of libcrypto.
private final class PublicKey {
    /// `EVP_PKEY_PUBLIC_KEY`, which Swift cannot import.
    private static let publicHalf =
        OSSL_KEYMGMT_SELECT_DOMAIN_PARAMETERS | OSSL_KEYMGMT_SELECT_OTHER_PARAMETERS | OSSL_KEYMGMT_SELECT_PUBLIC_KEY

    private let key: OpaquePointer

    /// Nil if the parameters are not a valid key of the type.
    init?(_ type: String, _ builder: OpaquePointer) {
        guard let parameters = OSSL_PARAM_BLD_to_param(builder) else { return nil }
        defer { OSSL_PARAM_free(parameters) }
        guard let context = EVP_PKEY_CTX_new_from_name(nil, type, nil) else { return nil }
        defer { EVP_PKEY_CTX_free(context) }
        var made: OpaquePointer?
        guard EVP_PKEY_fromdata_init(context) == 1,
            EVP_PKEY_fromdata(context, &made, Self.publicHalf, parameters) == 1, let made
        else { return nil }
        key = made
    }

    deinit {
        EVP_PKEY_free(key)
    }

    /// Whether a point is on its curve and in its group (SP 800-56A §5.6.2.3).
    var isSound: Bool {
        guard let context = EVP_PKEY_CTX_new(key, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        return EVP_PKEY_public_check(context) == 1
    }

    func verifies(_ signature: [UInt8], of message: [UInt8], _ digest: OpaquePointer?, isPSS: Bool) -> Bool {
        let context = EVP_MD_CTX_new()
        defer { EVP_MD_CTX_free(context) }
        var settings: OpaquePointer?
        guard EVP_DigestVerifyInit(context, &settings, digest, nil, key) == 1 else { return false }
        // The salt is as long as the digest (RFC 7518 §3.5).
        if isPSS {
            guard EVP_PKEY_CTX_set_rsa_padding(settings, RSA_PKCS1_PSS_PADDING) == 1,
                EVP_PKEY_CTX_set_rsa_pss_saltlen(settings, RSA_PSS_SALTLEN_DIGEST) == 1
            else { return false }
        }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }
}
