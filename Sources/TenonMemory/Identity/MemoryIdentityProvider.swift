internal import Synchronization
public import TenonDomain
internal import TenonKit

/// An identity provider in memory, for tests and embedders. It confirms the identities that it is given.
public final class MemoryIdentityProvider: IdentityProvider {
    private let issued = Mutex<[String: ProviderIdentity]>([:])
    private let randomness: any Randomness

    public init(randomness: any Randomness) {
        self.randomness = randomness
    }

    /// A one-time code for the identity.
    public func code(for identity: ProviderIdentity) -> Secret {
        let code = Base64URL.encode(randomness.bytes(16))
        issued.withLock { $0[code] = identity }
        return Secret(code)
    }

    public func authorizationURL(for login: SSOLogin, of client: OpenIDClient) async throws(Failure) -> String {
        "\(client.issuer.text)/authorize?state=\(login.state)"
    }

    public func identify(
        _ answer: AuthorizationAnswer, to login: SSOLogin, of client: OpenIDClient
    ) async throws(Failure) -> ProviderIdentity {
        guard let identity = issued.withLock({ $0.removeValue(forKey: answer.code.revealedText()) }) else {
            throw Failure(.ssoRefused, "The identity provider refused the code: invalid_grant.")
        }
        return identity
    }
}
