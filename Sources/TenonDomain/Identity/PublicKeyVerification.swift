/// The accepted signature algorithms of other parties (RFC 7518, RFC 8037, RFC 9864). None uses a shared secret, so
/// that a public key cannot be used as one.
public enum SignatureAlgorithm: String, Sendable, Hashable, CaseIterable {
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case es256 = "ES256"
    case es384 = "ES384"
    case ed25519 = "Ed25519"

    /// By its name in a header or a key: `EdDSA` is the older name of Ed25519. Nil for every other name, including
    /// `none`.
    public init?(name: String) {
        self.init(rawValue: name == "EdDSA" ? "Ed25519" : name)
    }

    /// Whether it uses RSA keys.
    public var isRSA: Bool {
        switch self {
        case .rs256, .rs384, .rs512, .ps256: true
        case .es256, .es384, .ed25519: false
        }
    }
}

/// The public half of a key pair, as numbers: most significant byte first, without a sign.
public enum PublicKeyMaterial: Sendable, Hashable {
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// Both 32 bytes.
    case p256(x: [UInt8], y: [UInt8])
    /// Both 48 bytes.
    case p384(x: [UInt8], y: [UInt8])
    /// 32 bytes.
    case ed25519([UInt8])
}

/// The cryptography for reading other parties' tokens.
///
/// Requirements, each with a test: RSA keys have 2048 to 8192 bits; a point that is not on its curve verifies nothing;
/// an ECDSA signature consists of the two numbers in full length (RFC 7518 §3.4); an algorithm other than the key's
/// verifies nothing.
public protocol PublicKeyVerification: Sendable {
    /// Whether the signature is valid for these bytes, with this algorithm and key.
    func verifies(
        _ signature: [UInt8], of message: [UInt8], by algorithm: SignatureAlgorithm, under key: PublicKeyMaterial
    ) -> Bool

    /// SHA-256 (FIPS 180-4), for the challenge of PKCE (RFC 7636); 32 bytes.
    func sha256(_ bytes: [UInt8]) -> [UInt8]
}
