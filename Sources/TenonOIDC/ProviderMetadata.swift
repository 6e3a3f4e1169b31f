internal import TenonDomain
internal import TenonKit

/// A provider's metadata (OpenID Connect Discovery 1.0 §3), as far as the code flow needs it.
struct ProviderMetadata: Sendable, Equatable {
    private static let limits = JSONLimits(depth: 8, values: 5_000)

    /// The address for browsers. Tenon does not connect to it.
    let authorizationEndpoint: String
    let tokenEndpoint: ProviderURL
    let keySet: ProviderURL
    let algorithms: Set<SignatureAlgorithm>
    /// Whether it accepts the secret in the `Authorization` field, which is the standard's default, or in the body.
    let takesBasicAuthentication: Bool
    /// Whether it names itself in every response to a browser (RFC 9207).
    let namesItself: Bool

    /// Fails if the document belongs to another issuer, which must not speak for this one.
    init(_ document: [UInt8], of issuer: IssuerURL) throws(OpenIDFault) {
        guard let object = (try? JSONParser.parse(document, limits: Self.limits))?.objectValue else {
            throw .noDocument("the metadata must be a JSON object")
        }
        guard let named = object["issuer"]?.stringValue, named.utf8.elementsEqual(issuer.text.utf8) else {
            throw .otherIssuer(object["issuer"]?.stringValue.map { String($0.prefix(200)) } ?? "")
        }
        func url(_ name: String) throws(OpenIDFault) -> (text: String, url: ProviderURL) {
            guard let text = object[name]?.stringValue, let url = ProviderURL(text) else {
                throw .noDocument("the metadata has no \(name)")
            }
            return (text, url)
        }
        // The browser is redirected there with the login's parameters. Tenon does not connect there, so no policy
        // checks it.
        let authorization = try url("authorization_endpoint")
        guard !authorization.url.isPlain || issuer.text.utf8.starts(with: "http://".utf8) else {
            throw .noDocument("the authorization_endpoint must be https like the issuer")
        }
        authorizationEndpoint = authorization.text
        tokenEndpoint = try url("token_endpoint").url
        keySet = try url("jwks_uri").url
        let names = object["id_token_signing_alg_values_supported"]?.arrayValue ?? ["RS256"]
        algorithms = Set(names.compactMap { $0.stringValue.flatMap { SignatureAlgorithm(name: $0) } })
        guard !algorithms.isEmpty else { throw .noDocument("it supports no accepted signature algorithm") }
        let methods = object["token_endpoint_auth_methods_supported"]?.arrayValue ?? ["client_secret_basic"]
        takesBasicAuthentication = methods.contains("client_secret_basic") || !methods.contains("client_secret_post")
        namesItself = object["authorization_response_iss_parameter_supported"]?.boolValue ?? false
    }

    /// The address of the document (§4).
    static func location(of issuer: IssuerURL) -> ProviderURL? {
        let base = issuer.text.utf8.last == UInt8(ascii: "/") ? String(issuer.text.dropLast()) : issuer.text
        return ProviderURL(base + "/.well-known/openid-configuration")
    }
}

/// A provider's state at one time.
struct ProviderSnapshot: Sendable, Equatable {
    let metadata: ProviderMetadata
    let keys: KeySet

    /// Approximate memory.
    var bytes: Int {
        let ofKeys = keys.keys.reduce(0) { $0 + 512 + ($1.keyID?.utf8.count ?? 0) + $1.material.bytes }
        return 2_048 + metadata.authorizationEndpoint.utf8.count + 2 * metadata.tokenEndpoint.text.utf8.count
            + 2 * metadata.keySet.text.utf8.count + ofKeys
    }
}

extension PublicKeyMaterial {
    fileprivate var bytes: Int {
        switch self {
        case .rsa(let modulus, let exponent): modulus.count + exponent.count
        case .p256, .p384, .ed25519: 96
        }
    }
}
