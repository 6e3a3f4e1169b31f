import TenonCrypto
import TenonDomain
import TenonKit
import TestSupport

@testable import TenonOIDC

/// A provider that the tests command, and Tenon's side of it on a clock that stands still.
struct OpenIDFixture {
    let hostile: HostileProvider
    let clock = ManualClock()
    let provider: OpenIDProvider
    let client: OpenIDClient
    let login: SSOLogin

    init(secret: String? = "s3cret/+ %", policy: ProviderPolicy = .development) throws {
        hostile = try HostileProvider()
        provider = OpenIDProvider(policy: policy, keys: OpenSSLPublicKeys(), clock: clock)
        client = try Self.client(hostile.issuer, secret: secret)
        login = SSOLogin(
            state: "state-1", nonce: "nonce-1", verifier: "verifier-0123456789012345678901234567890123456789",
            redirectURI: "http://localhost:8000/cb", binding: "binding-1", expiresAt: clock.now() + .seconds(600))
    }

    static func client(_ issuer: String, secret: String? = "secret") throws -> OpenIDClient {
        try OpenIDClient(
            tenant: .platform, issuer: IssuerURL(issuer), clientID: OAuthClientID("tenon"),
            secret: secret.map { Secret($0.utf8) },
            scopes: OAuthScopes(["email"]))
    }

    /// The claims of a token that passes, changed.
    func claims(_ change: (inout JSONObject) -> Void = { _ in }) -> JSONValue {
        var object = JSONObject()
        object["iss"] = .string(hostile.issuer)
        object["sub"] = "ann"
        object["aud"] = "tenon"
        object["nonce"] = "nonce-1"
        object["iat"] = .integer(clock.now().secondsSince1970)
        object["exp"] = .integer(clock.now().secondsSince1970 + 300)
        object["email"] = "ann@acme.example"
        change(&object)
        return .object(object)
    }

    func identify(issuer: String? = nil) async -> Result<ProviderIdentity, Failure> {
        do throws(Failure) {
            return .success(
                try await provider.identify(
                    AuthorizationAnswer(code: Secret("code-1".utf8), issuer: issuer), to: login, of: client))
        } catch {
            return .failure(error)
        }
    }

    /// Why a token is refused; nil where it passes.
    func refusal(of token: String) async -> OpenIDFault? {
        hostile.hand(out: token)
        return await fault()
    }

    func fault(issuer: String? = nil) async -> OpenIDFault? {
        if case .failure(let failure) = await identify(issuer: issuer) { failure.cause as? OpenIDFault } else { nil }
    }
}

extension ProviderPolicy {
    static let development = ProviderPolicy(allowsPlainLoopback: true, allowsPrivateAddresses: true)
    static let production = ProviderPolicy(allowsPlainLoopback: false, allowsPrivateAddresses: false)
}
