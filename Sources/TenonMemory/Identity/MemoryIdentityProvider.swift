internal import Synchronization
public import TenonDomain
internal import TenonKit

/// An identity provider that is an object: for tests and embedders. It vouches for whom it is told to.
public final class MemoryIdentityProvider: IdentityProvider {
    private let issued = Mutex<[String: ProviderIdentity]>([:])
    private let randomness: any Randomness

    public init(randomness: any Randomness) {
        self.randomness = randomness
    }

    /// A code that stands for the identity once.
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
