internal import TenonDomain
internal import TenonKit

/// An ID token (OpenID Connect Core 1.0 §2) as a compact JWS (RFC 7515), parsed but not verified. Its header only
/// determines the name of the algorithm and the key's id, and both only select among the keys that the provider
/// published (RFC 8725).
struct IDToken: Sendable {
    private static let maxLength = 32 << 10
    private static let headerLimits = JSONLimits(depth: 4, values: 64)
    private static let claimLimits = JSONLimits(depth: 16, values: 5_000)
    /// Members that contain a key, or the address of one (RFC 7515 §4.1), and those that change the signed content.
    private static let refusedMembers = ["jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "enc"]

    let algorithm: SignatureAlgorithm
    let keyID: String?
    let signed: [UInt8]
    let signature: [UInt8]
    let claims: JSONObject

    init(_ text: String) throws(OpenIDFault) {
        guard text.utf8.count <= Self.maxLength else { throw .malformedToken("it is too long") }
        let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 3, let signature = Base64URL.decode(parts[2]),
            let header = Self.object(parts[0], Self.headerLimits), let claims = Self.object(parts[1], Self.claimLimits)
        else { throw .malformedToken("it must be a compact JWS of JSON objects") }
        if let member = Self.refusedMembers.first(where: { header[$0] != nil }) {
            throw .malformedToken("its header has \(member)")
        }
        if let type = header["typ"] {
            guard let type = type.stringValue, ["jwt", "application/jwt"].contains(type.lowercased()) else {
                throw .malformedToken("it has another type")
            }
        }
        guard let name = header["alg"]?.stringValue, let algorithm = SignatureAlgorithm(name: name) else {
            throw .algorithmRefused(header["alg"]?.stringValue.map { String($0.prefix(32)) } ?? "")
        }
        if let keyID = header["kid"] {
            guard let keyID = keyID.stringValue, Self.isKeyID(keyID) else {
                throw .malformedToken("the key's id must be printable ASCII")
            }
            self.keyID = keyID
        } else {
            keyID = nil
        }
        self.algorithm = algorithm
        self.signature = signature
        self.claims = claims
        signed = Array(text.utf8.dropLast(parts[2].utf8.count + 1))
    }

    private static func object(_ part: Substring, _ limits: JSONLimits) -> JSONObject? {
        guard let bytes = Base64URL.decode(part) else { return nil }
        return (try? JSONParser.parse(bytes, limits: limits))?.objectValue
    }

    private static func isKeyID(_ text: String) -> Bool {
        (1...256).contains(text.utf8.count) && text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }
}

/// The checks of an ID token as the response to a login (OpenID Connect Core 1.0 §3.1.3.7).
struct IDTokenChecks: Sendable {
    /// The maximum clock difference of hosts.
    static let skew = Duration.seconds(60)
    /// A token issued earlier does not belong to this login.
    static let maxAge = Duration.seconds(600)
    /// In milliseconds, up to the end of the year 9999.
    private static let times: ClosedRange<Int64> = 0...253_402_300_799_999

    let issuer: IssuerURL
    let clientID: OAuthClientID
    let nonce: String
    let now: Timestamp

    /// The signed-in identity. The signature was verified before.
    func identity(in claims: JSONObject) throws(OpenIDFault) -> ProviderIdentity {
        guard let named = claims["iss"]?.stringValue, isSame(named, issuer.text) else { throw .wrongClaim("iss") }
        try checkAudience(claims)
        let expiry = try time("exp", in: claims)
        let issued = try time("iat", in: claims)
        guard now < expiry + Self.skew else { throw .wrongClaim("exp") }
        guard issued <= now + Self.skew, issued < expiry, now <= issued + Self.maxAge else {
            throw .wrongClaim("iat")
        }
        if claims["nbf"] != nil {
            guard try time("nbf", in: claims) <= now + Self.skew else { throw .wrongClaim("nbf") }
        }
        // As secrets, which compare in constant time.
        guard let said = claims["nonce"]?.stringValue, Secret(said) == Secret(nonce) else { throw .wrongClaim("nonce") }
        guard let subject = claims["sub"]?.stringValue, (1...255).contains(subject.utf8.count),
            subject.utf8.allSatisfy({ (0x20...0x7E).contains($0) })
        else { throw .wrongClaim("sub") }
        return ProviderIdentity(subject: subject, claims: claims)
    }

    /// With several audiences the token must name Tenon as the authorized party.
    private func checkAudience(_ claims: JSONObject) throws(OpenIDFault) {
        let audiences: [String]
        switch claims["aud"] {
        case .string(let one): audiences = [one]
        case .array(let many): audiences = many.compactMap(\.stringValue)
        default: throw .wrongClaim("aud")
        }
        guard audiences.contains(where: { isSame($0, clientID.text) }) else { throw .wrongClaim("aud") }
        if let party = claims["azp"] {
            guard let party = party.stringValue, isSame(party, clientID.text) else { throw .wrongClaim("azp") }
        } else if audiences.count > 1 {
            throw .wrongClaim("azp")
        }
    }

    /// A NumericDate (RFC 7519 §2), possibly with a fraction; digits below a millisecond are ignored.
    private func time(_ name: String, in claims: JSONObject) throws(OpenIDFault) -> Timestamp {
        guard let milliseconds = claims[name]?.numberValue?.truncated(places: 3), Self.times.contains(milliseconds)
        else { throw .wrongClaim(name) }
        return Timestamp(millisecondsSince1970: milliseconds)
    }

    /// Byte by byte: Swift treats canonically equivalent texts as equal.
    private func isSame(_ left: String, _ right: String) -> Bool {
        left.utf8.elementsEqual(right.utf8)
    }
}
