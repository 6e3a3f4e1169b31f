internal import TenonDomain
internal import TenonKit

@testable internal import TenonOIDC

enum OpenIDTargets {
    private static let issuer = try! IssuerURL("https://id.example")
    private static let checks = IDTokenChecks(
        issuer: issuer, clientID: try! OAuthClientID("tenon"), nonce: "n",
        now: Timestamp(millisecondsSince1970: 1_767_225_600_000))

    /// A token that is read is the text that its parts make; who passes the checks is said in it.
    static func token(_ text: String) {
        guard let token = try? IDToken(text) else { return }
        let again = String(decoding: token.signed, as: UTF8.self) + "." + Base64URL.encode(token.signature)
        precondition(isSame(again, text), "its parts make another token")
        precondition(token.keyID.map { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } } ?? true, "a strange key id")
        check(token.claims)
    }

    /// The claims alone, which no fuzzer would get behind base 64.
    static func claims(_ bytes: UnsafeRawBufferPointer) {
        guard let claims = (try? JSONParser.parse(Array(bytes)))?.objectValue else { return }
        check(claims)
        let profile = SSOProfile(ProviderIdentity(subject: "s", claims: claims), by: SSOPreset.keycloak.claims)
        precondition(!profile.isEmailVerified || claims["email_verified"] == true, "verified is true alone")
    }

    private static func check(_ claims: JSONObject) {
        guard let identity = try? checks.identity(in: claims) else { return }
        precondition(claims["iss"]?.stringValue.map { isSame($0, issuer.text) } ?? false, "another issuer passed")
        precondition(claims["nonce"] == "n", "another login's nonce passed")
        precondition(
            claims["sub"]?.stringValue.map { isSame($0, identity.subject) } ?? false, "another subject came out")
    }

    /// Metadata that is taken names its issuer, and its addresses are read the same when they are written again.
    static func metadata(_ bytes: UnsafeRawBufferPointer) {
        guard let metadata = try? ProviderMetadata(Array(bytes), of: issuer) else { return }
        precondition(!metadata.algorithms.isEmpty, "no algorithm")
        for url in [metadata.tokenEndpoint, metadata.keySet] { check(url) }
    }

    /// A key that is taken has algorithms of its own kind.
    static func keySet(_ bytes: UnsafeRawBufferPointer) {
        guard let set = try? KeySet(Array(bytes), algorithms: Set(SignatureAlgorithm.allCases)) else { return }
        precondition((1...100).contains(set.keys.count), "too many keys")
        for key in set.keys {
            precondition(!key.algorithms.isEmpty, "a key for nothing")
            let isRSA = if case .rsa = key.material { true } else { false }
            precondition(key.algorithms.allSatisfy { $0.isRSA == isRSA }, "an algorithm of another kind")
            precondition(isRSA || key.algorithms.count == 1, "several algorithms of one curve")
        }
    }

    static func address(_ text: String) {
        if let url = ProviderURL(text) { check(url) }
    }

    private static func check(_ url: ProviderURL) {
        precondition(ProviderURL(url.text) == url, "written again, it is another address")
        precondition(url.host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x40 && $0 != 0x2F }, "a strange host")
        precondition((1...65_535).contains(url.port) && url.target.utf8.first == 0x2F, "no port or path")
    }
}
