internal import TenonDomain
internal import TenonKit

/// A provider's public keys (RFC 7517). The key's own members and the provider's metadata determine its algorithms;
/// nothing in a token extends them.
struct KeySet: Sendable, Equatable {
    private static let maxKeys = 100
    private static let limits = JSONLimits(depth: 6, values: 5_000)

    struct Key: Sendable, Equatable {
        let keyID: String?
        let material: PublicKeyMaterial
        let algorithms: Set<SignatureAlgorithm>
    }

    let keys: [Key]

    /// Ignores keys of other kinds and uses (RFC 7517 §5); a set without a usable key is refused.
    init(_ document: [UInt8], algorithms: Set<SignatureAlgorithm>) throws(OpenIDFault) {
        guard let items = (try? JSONParser.parse(document, limits: Self.limits))?["keys"]?.arrayValue,
            items.count <= Self.maxKeys
        else { throw .noDocument("the key set must have at most 100 keys") }
        keys = items.compactMap { $0.objectValue.flatMap { Self.key($0, among: algorithms) } }
        guard !keys.isEmpty else { throw .noKeys }
    }

    enum Match: Equatable {
        case key(Key)
        /// No key has this id: the provider may have a new one.
        case unknown
        /// The key with this id is for another algorithm, or several match.
        case refused
    }

    /// The key for a token's header.
    func match(_ keyID: String?, _ algorithm: SignatureAlgorithm) -> Match {
        let named = keyID.map { id in keys.filter { $0.keyID.map { $0.utf8.elementsEqual(id.utf8) } ?? false } } ?? keys
        guard !named.isEmpty else { return .unknown }
        let fitting = named.filter { $0.algorithms.contains(algorithm) }
        return fitting.count == 1 ? .key(fitting[0]) : .refused
    }

    private static func key(_ object: JSONObject, among allowed: Set<SignatureAlgorithm>) -> Key? {
        // Anyone can sign with a published private key.
        guard object["use"].map({ $0.stringValue == "sig" }) ?? true, object["d"] == nil,
            object["key_ops"].map({ $0.arrayValue?.contains(.string("verify")) ?? false }) ?? true,
            let (material, possible) = material(object)
        else { return nil }
        var algorithms = possible.intersection(allowed)
        if let named = object["alg"] {
            guard let algorithm = named.stringValue.flatMap({ SignatureAlgorithm(name: $0) }) else { return nil }
            algorithms.formIntersection([algorithm])
        }
        guard !algorithms.isEmpty else { return nil }
        return Key(keyID: object["kid"]?.stringValue, material: material, algorithms: algorithms)
    }

    /// The numbers of a key, and the algorithms of its type.
    private static func material(_ object: JSONObject) -> (PublicKeyMaterial, Set<SignatureAlgorithm>)? {
        func number(_ name: String) -> [UInt8]? {
            object[name]?.stringValue.flatMap { $0.utf8.count <= 1400 ? Base64URL.decode($0) : nil }
        }
        switch (object["kty"]?.stringValue, object["crv"]?.stringValue) {
        case ("RSA", nil):
            guard let n = number("n"), let e = number("e") else { return nil }
            return (.rsa(modulus: n, exponent: e), Set(SignatureAlgorithm.allCases.filter(\.isRSA)))
        case ("EC", "P-256"):
            guard let x = number("x"), let y = number("y") else { return nil }
            return (.p256(x: x, y: y), [.es256])
        case ("EC", "P-384"):
            guard let x = number("x"), let y = number("y") else { return nil }
            return (.p384(x: x, y: y), [.es384])
        case ("OKP", "Ed25519"):
            return number("x").map { (.ed25519($0), [.ed25519]) }
        default:
            return nil
        }
    }
}
