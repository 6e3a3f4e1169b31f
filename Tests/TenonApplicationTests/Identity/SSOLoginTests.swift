import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct SSOLoginTests {
    @Test("the first login makes a user, the next one finds them, with the roles that the provider says by then")
    func twice() async throws {
        let fixture = try await SSOFixture()
        let first = try fixture.claims(await fixture.login(roles: ["ops", "other"]))
        #expect(first.roles == [.admin])
        let user = try await fixture.user(first.subject)
        #expect(user.email.text == "ann@acme.example" && user.name.full?.text == "Ann" && user.passwordHash == nil)
        // Another address changes nothing: the subject is the person.
        let second = try fixture.claims(await fixture.login(email: "eve@acme.example", roles: []))
        #expect(second.subject == first.subject)
        #expect(second.roles == [.viewer])
        #expect(try await fixture.user(first.subject).email.text == "ann@acme.example")
        let actions = fixture.memory.auditRecords.map(\.action)
        #expect(
            actions.suffix(5) == [
                "identity.user_registered", "identity.user_identity_linked", "identity.session_begun",
                EventKind.userChanged.name, "identity.session_begun",
            ])
    }

    @Test("tokens from before the roles changed are void")
    func staleTokens() async throws {
        let fixture = try await SSOFixture()
        let tokens = try await fixture.login(roles: ["ops"]).get()
        _ = try await fixture.login(roles: []).get()
        #expect(throws: Failure.self) { try fixture.signer.verify(tokens.access, at: fixture.clock.now()) }
    }

    @Test("nobody comes in without a verified address of a claimed domain")
    func strangers() async throws {
        let fixture = try await SSOFixture()
        let strangers: [(JSONValue?, JSONValue?)] = [
            (nil, true), ("ann", true), (7, true), ("ann@acme.example", false), ("ann@acme.example.evil.test", true),
            ("ann@notacme.example", true), ("ann@sub.acme.example", true), ("ann@acme.example@evil.test", true),
        ]
        for (email, verified) in strangers {
            #expect(fixture.refusal(await fixture.login(email: email, verified: verified)) == .ssoAccountRefused)
        }
    }

    @Test("a connection that makes no users lets only those in who are there")
    func withoutCreation() async throws {
        let fixture = try await SSOFixture { domain, client in
            SSOSettingsPatch(clientID: client, domains: [domain], createsUsers: false)
        }
        #expect(fixture.refusal(await fixture.login()) == .ssoAccountRefused)
        let ann = try await fixture.existing("ann@acme.example", [.member])
        let claims = try fixture.claims(await fixture.login())
        #expect(claims.subject == ann.id)
        #expect(claims.roles == [.member], "without a mapping the provider has no say in roles")
    }

    @Test("suspended users get no session")
    func suspension() async throws {
        let fixture = try await SSOFixture()
        try await fixture.existing("ann@acme.example", [.member], .suspended)
        #expect(fixture.refusal(await fixture.login()) == .accountSuspended)
    }

    @Test(
        "a state is good in the browser, for the connection and the redirection that it was given for, for 10 minutes")
    func foreignStates() async throws {
        let fixture = try await SSOFixture()
        let other = try await SSOFixture()
        let foreign = try await other.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: other.connection.id, redirectURI: SSOFixture.redirectURI), as: other.anybody
        )
        let foreignState = String(foreign.location.split(separator: "state=")[1])
        let spoilt: [Result<TokenPair, Failure>] = [
            await fixture.login(state: { _ in foreignState }),
            await fixture.login(state: { _ in foreignState }, binding: { _ in foreign.binding }),
            await fixture.login(state: { _ in "" }), await fixture.login(state: { _ in "AAAA" }),
            await fixture.login(state: { $0 + "A" }), await fixture.login(state: { String($0.dropLast()) }),
            await fixture.login(state: { ($0.hasPrefix("AQ") ? "AA" : "AQ") + $0.dropFirst(2) }),
            await fixture.login(binding: { _ in nil }), await fixture.login(binding: { _ in "" }),
            await fixture.login(binding: { _ in foreign.binding }),
            await fixture.login(redirectURI: SSOFixture.redirectURI + "/"),
            await fixture.login(after: .seconds(600)),
        ]
        for result in spoilt { #expect(fixture.refusal(result) == .ssoStateMismatch) }
        #expect(fixture.lastAudit?.action == "identity.sign_in_refused")
        #expect(fixture.lastAudit?.details["reason"] == "sso_state_mismatch")
        // Eleven in one moment are written down as one, and the twelfth says so.
        #expect(fixture.memory.auditRecords.count { $0.action == "identity.sign_in_refused" } == 2)
        #expect(fixture.lastAudit?.details["omitted"] == 10)
        #expect(fixture.refusal(await fixture.login(after: .seconds(599))) == nil)
    }

    @Test("a state is good once, also where the provider refused, and for one of many at once")
    func replay() async throws {
        let fixture = try await SSOFixture()
        let begun = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: SSOFixture.redirectURI),
            as: fixture.anybody)
        let state = String(begun.location.split(separator: "state=")[1])
        let denied = await failure { () throws(Failure) in
            try await fixture.complete(nil, state: state, binding: begun.binding, error: "access_denied")
        }
        #expect(denied?.code == .ssoRefused)
        #expect(denied?.detail == "The identity provider refused the login: access_denied.")
        let code = fixture.code("s-1", email: "ann@acme.example", verified: true, roles: [])
        let replayed = await failure { () throws(Failure) in
            try await fixture.complete(code, state: state, binding: begun.binding)
        }
        #expect(replayed?.code == .ssoStateMismatch)

        let next = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: SSOFixture.redirectURI),
            as: fixture.anybody)
        let raced = String(next.location.split(separator: "state=")[1])
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let code = fixture.code("s-1", email: "ann@acme.example", verified: true, roles: [])
                    return (try? await fixture.complete(code, state: raced, binding: next.binding)) != nil
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
    }

    @Test("text that the provider makes up is not repeated")
    func foreignErrors() async throws {
        let fixture = try await SSOFixture()
        let begun = try await fixture.useCases.beginLogin.execute(
            BeginSSOLogin.Input(connection: fixture.connection.id, redirectURI: SSOFixture.redirectURI),
            as: fixture.anybody)
        let refused = await failure { () throws(Failure) in
            try await fixture.complete(
                nil, state: String(begun.location.split(separator: "state=")[1]), binding: begun.binding,
                error: "<script>")
        }
        #expect(refused?.detail == "The identity provider refused the login: no reason.")
    }

    @Test("a connection that is switched off, or gone, is none")
    func switchedOff() async throws {
        let fixture = try await SSOFixture()
        _ = try await fixture.useCases.updateConnection.execute(
            UpdateSSOConnection.Input(id: fixture.connection.id, settings: SSOSettingsPatch(status: .disabled)),
            as: fixture.admin)
        #expect(fixture.refusal(await fixture.login()) == .ssoConnectionNotFound)
        try await fixture.useCases.deleteConnection.execute(
            DeleteSSOConnection.Input(id: fixture.connection.id), as: fixture.admin)
        #expect(fixture.refusal(await fixture.login()) == .ssoConnectionNotFound)
    }
}
