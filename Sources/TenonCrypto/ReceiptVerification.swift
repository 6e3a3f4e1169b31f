public import TenonDomain
public import TenonKit

/// Verifies receipts by their Ed25519 signatures (RFC 8037, RFC 9864).
public struct ReceiptVerification: ReceiptVerifier {
    private static let maxLength = 8192
    private let keys: [String: Ed25519PublicKey]

    public init(keys: [PublicSigningKey]) {
        self.keys = Dictionary(
            keys.compactMap { key in Ed25519PublicKey(key.ed25519).map { (key.keyID, $0) } }
        ) { first, _ in first }
    }

    public func receipt(_ signed: String, type: String) -> JSONValue? {
        let parts =
            signed.utf8.count <= Self.maxLength
            ? signed.split(separator: ".", omittingEmptySubsequences: false) : []
        guard parts.count == 3, let header = Self.json(parts[0]), header["alg"]?.stringValue == "Ed25519",
            header["typ"]?.stringValue == type, header["crit"] == nil,
            let key = header["kid"]?.stringValue.flatMap({ keys[$0] }), let signature = Base64URL.decode(parts[2]),
            key.verifies(signature, of: Array(signed.utf8.dropLast(parts[2].utf8.count + 1)))
        else { return nil }
        return Self.json(parts[1])
    }

    private static func json(_ part: Substring) -> JSONValue? {
        Base64URL.decode(part).flatMap { try? JSONParser.parse($0, limits: JSONLimits(depth: 8, values: 256)) }
    }
}

/// SHA-256 of OpenSSL.
public struct OpenSSLChainHash: ChainHash {
    public init() {}

    public func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        SHA256.digest(bytes)
    }
}
