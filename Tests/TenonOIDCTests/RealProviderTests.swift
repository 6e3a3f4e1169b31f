import Foundation
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonOIDC

/// Against a provider that others have written, in a process of its own.
@Suite(
    .enabled(
        if: IdentityProviderProcess.isThere, "deploy/fetch-oidc-provider .build/oidc-provider-mock fetches the provider"
    ))
struct RealProviderTests {
    private let ann = #"{"sub":"ann","email":"ann@acme.example","email_verified":true,"name":"Ann"}"#

    @Test("a code is exchanged for an identity, again after the keys have changed, and only once")
    func journey() async throws {
        let process = try await IdentityProviderProcess.start(people: [ann])
        let provider = OpenIDProvider(policy: .development, keys: OpenSSLPublicKeys(), clock: SystemClock())
        let client = try OpenIDFixture.client(process.issuer)
        let first = try await login(provider, client, nonce: "n-1")
        let identity = try await provider.identify(first.answer, to: first.login, of: client)
        #expect(identity.subject == "ann")
        #expect(identity.claims["email"] == "ann@acme.example")
        #expect(identity.claims["email_verified"] == true)
        let spent = await failure { () throws(Failure) in
            try await provider.identify(first.answer, to: first.login, of: client)
        }
        #expect(spent?.code == .ssoRefused)

        try await process.stop()
        let successor = try await IdentityProviderProcess.start(people: [ann], port: process.port)
        let second = try await login(provider, client, nonce: "n-2")
        #expect(try await provider.identify(second.answer, to: second.login, of: client).subject == "ann")

        let third = try await login(provider, client, nonce: "n-3")
        var foreign = third.login
        foreign = SSOLogin(
            state: foreign.state, nonce: "n-4", verifier: foreign.verifier, redirectURI: foreign.redirectURI,
            binding: foreign.binding, expiresAt: foreign.expiresAt)
        let refused = await failure { () throws(Failure) in
            try await provider.identify(third.answer, to: foreign, of: client)
        }
        #expect(refused?.cause as? OpenIDFault == .wrongClaim("nonce"))
        try await successor.stop()
        let gone = await failure { () throws(Failure) in
            try await provider.identify(third.answer, to: third.login, of: client)
        }
        #expect(gone?.code == .identityProviderUnavailable)
    }

    /// As far as the browser's way back.
    private func login(
        _ provider: OpenIDProvider, _ client: OpenIDClient, nonce: String
    ) async throws -> (login: SSOLogin, answer: AuthorizationAnswer) {
        let login = SSOLogin(
            state: "s", nonce: nonce, verifier: String(repeating: "v", count: 43),
            redirectURI: "http://localhost:8000/cb", binding: "b", expiresAt: SystemClock().now() + .seconds(600))
        let url = try await provider.authorizationURL(for: login, of: client)
        let back = try await IdentityProviderProcess.approve(url, as: "ann")
        let items = URLComponents(string: back)?.queryItems ?? []
        #expect(items.first { $0.name == "state" }?.value == "s")
        let code = try #require(items.first { $0.name == "code" }?.value)
        return (login, AuthorizationAnswer(code: Secret(code.utf8), issuer: nil))
    }
}
