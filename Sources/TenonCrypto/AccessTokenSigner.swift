internal import Synchronization
public import TenonDomain
public import TenonKit

/// Access tokens as compact JWS (RFC 7515) with the profile of RFC 9068: `alg` is Ed25519 (RFC 9864), `typ` is
/// `at+jwt`, `kid` is looked up among our own keys. Nothing else in a token's header has an effect.
public final class AccessTokenSigner: TokenSigner, ReceiptSigner {
    private static let maxLength = 4096
    private static let audience = "tenon"
    /// How far in the future a token may have been issued, because clocks of several hosts differ.
    private static let skew = Duration.seconds(60)

    private struct Keys: Sendable {
        let active: SigningKey
        let all: [String: SigningKey]
        let header: String

        init(_ keys: [SigningKey]) throws(Failure) {
            guard let active = keys.first(where: \.isActive) else { throw .bug("No signing key is active") }
            self.active = active
            all = Dictionary(keys.map { ($0.keyID, $0) }) { first, _ in first }
            header = AccessTokenSigner.header(type: "at+jwt", active)
        }
    }

    private let keys: Mutex<Keys>
    private let issuer: String
    private let randomness: any Randomness
    private let longestLife: Duration
    private let verified: VerifiedTokens

    /// `longestLife` is the maximum lifetime of an access token: one with a longer one is refused, so that revocations
    /// need not be remembered longer. Fails if no key is active.
    public init(
        keys: [SigningKey], issuer: String = "tenon", longestLife: Duration = .seconds(86_400),
        randomness: any Randomness, cacheBytes: Int = 8 << 20
    ) throws(Failure) {
        self.keys = Mutex(try Keys(keys))
        self.issuer = issuer
        self.randomness = randomness
        self.longestLife = longestLife
        verified = VerifiedTokens(bytes: cacheBytes, memory: longestLife + Self.skew)
    }

    /// Signs and verifies with these keys from now on; tokens of other keys are refused. Fails, and keeps the previous
    /// keys, if no key is active.
    public func use(_ keys: [SigningKey]) throws(Failure) {
        let new = try Keys(keys)
        let former = self.keys.withLock { keys in
            defer { keys = new }
            return keys
        }
        if former.all.keys.contains(where: { new.all[$0] == nil }) { verified.forgetTokens() }
    }

    public func sign(_ claims: AccessClaims) throws(Failure) -> String {
        var writer = JSONWriter(capacity: 320)
        writer.beginObject()
        for (name, value) in [
            ("iss", issuer), ("aud", Self.audience), ("sub", claims.subject.description),
            ("tid", claims.tenant.description), ("sid", claims.session.description),
            ("jti", Base64URL.encode(randomness.bytes(12))),
        ] {
            writer.key(name)
            writer.string(value)
        }
        writer.key("roles")
        writer.value(.array(claims.roles.map(\.name).sorted().map { .string($0) }))
        writer.key("ver")
        writer.integer(claims.userVersion)
        writer.key("iat")
        writer.integer(claims.issuedAt.secondsSince1970)
        writer.key("exp")
        writer.integer(claims.expiresAt.secondsSince1970)
        writer.endObject()
        let keys = keys.withLock { $0 }
        return Self.signed(keys.header, writer.bytes, by: keys.active)
    }

    public func sign(_ receipt: JSONValue, type: String) throws(Failure) -> String {
        let active = keys.withLock { $0.active }
        return Self.signed(Self.header(type: type, active), receipt.encoded(), by: active)
    }

    private static func header(type: String, _ key: SigningKey) -> String {
        Base64URL.encode(Array(#"{"alg":"Ed25519","typ":"\#(type)","kid":"\#(key.keyID)"}"#.utf8))
    }

    private static func signed(_ header: String, _ payload: [UInt8], by key: SigningKey) -> String {
        let signed = header + "." + Base64URL.encode(payload)
        return signed + "." + Base64URL.encode(key.privateKey.sign(Array(signed.utf8)))
    }

    public func verify(_ token: String, at now: Timestamp) throws(Failure) -> AccessClaims {
        guard token.utf8.count <= Self.maxLength else { throw Self.refusal(.malformed) }
        var token = token
        let digest = TokenDigest(token.withUTF8 { SHA256.digest(UnsafeRawBufferPointer($0)) })
        let era: Int
        switch verified.look(up: digest, at: now) {
        case .valid(let claims): return claims
        case .refused(let reason): throw Self.refusal(reason)
        case .unknown(let current): era = current
        }
        let claims: AccessClaims
        do {
            claims = try check(token, at: now)
        } catch {
            throw Self.refusal(error)
        }
        guard verified.keep(claims, under: digest, era: era) else { throw Self.refusal(.revoked) }
        return claims
    }

    public func revoke(_ change: AccessChange, at now: Timestamp) {
        verified.revoke(change, at: now)
    }

    public func publicKeys() -> [PublicSigningKey] {
        keys.withLock { $0.all }.values.sorted { $0.keyID < $1.keyID }.map {
            PublicSigningKey(keyID: $0.keyID, ed25519: $0.publicKey.bytes)
        }
    }

    private static func refusal(_ reason: TokenFault) -> Failure {
        Failure(.notAuthenticated, "The access token is not valid.", cause: reason)
    }

    private func check(_ token: String, at now: Timestamp) throws(TokenFault) -> AccessClaims {
        let parts = token.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 3, let head = Self.object(parts[0]), let signature = Base64URL.decode(parts[2]) else {
            throw .malformed
        }
        guard head["alg"]?.stringValue == "Ed25519" else { throw .wrongAlgorithm }
        guard head["typ"]?.stringValue == "at+jwt", head["crit"] == nil else { throw .wrongType }
        guard let kid = head["kid"]?.stringValue, Self.isKeyID(kid), let key = keys.withLock({ $0.all[kid] }) else {
            throw .unknownKey
        }
        guard key.publicKey.verifies(signature, of: Array(token.utf8.dropLast(parts[2].utf8.count + 1))) else {
            throw .wrongSignature
        }
        guard let content = Self.object(parts[1]) else { throw .malformed }
        return try claims(content, at: now)
    }

    private func claims(_ content: JSONObject, at now: Timestamp) throws(TokenFault) -> AccessClaims {
        guard content["iss"]?.stringValue == issuer, content["aud"]?.stringValue == Self.audience,
            let subject = content["sub"]?.stringValue.flatMap({ UserID($0) }),
            let tenant = content["tid"]?.stringValue.flatMap({ TenantID($0) }),
            let session = content["sid"]?.stringValue.flatMap({ SessionID($0) }),
            let version = content["ver"]?.numberValue?.int64, let issued = content["iat"]?.numberValue?.int64,
            let expires = content["exp"]?.numberValue?.int64,
            (0...253_402_300_799).contains(issued), (0...253_402_300_799).contains(expires),
            let names = content["roles"]?.arrayValue
        else { throw .wrongClaims }
        let roles = names.compactMap { $0.stringValue.flatMap { try? Role($0) } }
        guard roles.count == names.count, .seconds(expires - issued) <= longestLife else { throw .wrongClaims }
        let claims = AccessClaims(
            subject: subject, tenant: tenant, session: session, roles: Set(roles),
            userVersion: version,
            issuedAt: Timestamp(millisecondsSince1970: issued * 1000),
            expiresAt: Timestamp(millisecondsSince1970: expires * 1000))
        guard now < claims.expiresAt else { throw .expired }
        guard claims.issuedAt <= now + Self.skew else { throw .notYetValid }
        return claims
    }

    /// `[A-Za-z0-9_-]{1,64}`. Also excludes characters that Unicode treats as equal: the Kelvin sign is a `K` to
    /// `String`.
    private static func isKeyID(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return (try? JSONParser.parse(bytes, limits: JSONLimits(depth: 4, values: 64)))?.objectValue
    }
}

/// Why a token was refused; only for the log.
enum TokenFault: Error {
    case malformed, wrongAlgorithm, wrongType, unknownKey, wrongSignature, wrongClaims, expired, notYetValid, revoked
}
