public import TenonKit

/// The signature algorithms of requests (RFC 9421 §3.3).
public enum MessageSignatureAlgorithm: String, Sendable, CaseIterable {
    case hmacSHA256 = "hmac-sha256"
    case ed25519
}

/// The signature of a request (RFC 9421 §4), parsed but not verified with a key.
public struct MessageSignature: Sendable {
    /// How long a signature is valid.
    public static let window = Duration.seconds(300)
    /// How far the client's clock may be ahead.
    public static let skew = Duration.seconds(60)
    /// The tag of the signature for this service if there are several.
    public static let tag = "tenon"
    /// No supported algorithm has longer ones.
    private static let maxLength = 64

    /// The covered components, with the parameters as sent.
    public let input: InnerList
    public let bytes: [UInt8]
    public let created: Timestamp
    public let expires: Timestamp?
    public let keyID: APIKeyID
    /// Nil if only the key determines it.
    public let algorithm: MessageSignatureAlgorithm?

    /// The single signature of the request, or of several the one with the tag `tenon`. Fails with `invalidSignature`.
    public init(of request: SignableRequest) throws(Failure) {
        guard let inputs = request.field("signature-input").flatMap({ StructuredDictionary($0) }),
            let signatures = request.field("signature").flatMap({ StructuredDictionary($0) })
        else { throw .invalidSignature("Signature-Input and Signature must be dictionaries of structured fields.") }
        let (label, input) = try Self.choose(inputs)
        guard case .item(let item) = signatures[label], case .bytes(let bytes) = item.bare,
            (1...Self.maxLength).contains(bytes.count)
        else { throw .invalidSignature("Signature must have a byte sequence under the label of Signature-Input.") }
        self.input = input
        self.bytes = bytes
        guard case .integer(let created) = input["created"], created >= 0,
            case .string(let keyID) = input["keyid"]
        else { throw .invalidSignature("A signature must have the parameters created and keyid.") }
        self.created = Timestamp(millisecondsSince1970: created * 1000)
        expires =
            switch input["expires"] {
            case nil: nil
            case .integer(let moment) where moment >= 0: Timestamp(millisecondsSince1970: moment * 1000)
            default: throw .invalidSignature("expires must be a time in seconds.")
            }
        algorithm =
            switch input["alg"] {
            case nil: nil
            case .string(let name): try Self.algorithm(named: name)
            default: throw .invalidSignature("alg must be a string.")
            }
        guard let keyID = APIKeyID(keyID) else { throw .invalidSignature() }
        self.keyID = keyID
    }

    private static func choose(_ inputs: StructuredDictionary) throws(Failure) -> (label: String, input: InnerList) {
        var lists: [(label: String, input: InnerList)] = []
        for member in inputs.members {
            guard case .list(let list) = member.value else {
                throw .invalidSignature("Signature-Input must contain lists of components.")
            }
            lists.append((member.name, list))
        }
        let ours = lists.filter { $0.input["tag"] == .string(tag) }
        if ours.count == 1 { return ours[0] }
        guard lists.count == 1, lists[0].input["tag"] == nil else {
            throw .invalidSignature("Of several signatures exactly one must have the tag \"\(tag)\".")
        }
        return lists[0]
    }

    private static func algorithm(named name: String) throws(Failure) -> MessageSignatureAlgorithm {
        guard let algorithm = MessageSignatureAlgorithm(rawValue: name) else {
            throw .invalidSignature("alg must be hmac-sha256 or ed25519.")
        }
        return algorithm
    }

    // MARK: Checks

    /// Passes while it is valid; else `invalidSignature`.
    public func requireTimely(at now: Timestamp) throws(Failure) {
        let hasExpired = expires.map { $0 <= now || $0 <= created } ?? false
        guard created <= now + Self.skew, now <= created + Self.window, !hasExpired else {
            throw .invalidSignature(
                "A signature must be created at most 300 s before the request, and must not be expired.")
        }
    }

    /// When no process accepts it any longer, with any clock.
    public var forgottenAt: Timestamp { created + Self.window + Self.skew }

    public func covers(_ name: String) -> Bool {
        input.items.contains { $0.bare == .string(name) && $0.parameters.isEmpty }
    }

    /// Passes if it covers the request's method and target; else `invalidSignature`. Whether it covers a body is
    /// checked when there is one.
    public func requireCoverage(of request: SignableRequest) throws(Failure) {
        let isAddressed = covers("@authority") || covers("@target-uri")
        let isRouted =
            covers("@target-uri") || covers("@request-target")
            || (covers("@path") && (request.query.isEmpty || covers("@query")))
        guard covers("@method"), isAddressed, isRouted else {
            throw .invalidSignature(
                "A signature must cover @method, @authority or @target-uri, and @path with @query, @target-uri or "
                    + "@request-target.")
        }
    }
}
