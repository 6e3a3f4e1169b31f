import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// How passwords are chosen by a token that is sent.
@Suite struct PasswordResetTests {
    @Test(
        "a user without a password chooses one by the token of the event, which is good once and nowhere in the store")
    func invitation() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.signedIn(try await fixture.owner()).caller
        let made = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com")), as: owner)
        #expect(made.roles == [.member] && made.passwordHash == nil)
        let event = try #require(try await fixture.delivered().last { $0.kind == .passwordResetRequested })
        let token = try #require(event.details["token"]?.stringValue)
        #expect(event.details["sealed_token"] == nil)
        #expect(!fixture.memory.auditRecords.contains { "\($0.details)".contains(token) })

        let input = ResetPassword.Input(token: Secret(token), new: IdentityFixture.password)
        let common = await failure { () throws(Failure) in
            try await fixture.identity.resetPassword.execute(
                .init(token: Secret(token), new: Secret("password")), as: fixture.anybody)
        }
        #expect(common?.violations.first?.pointer == "/new_password")
        try await fixture.identity.resetPassword.execute(input, as: fixture.anybody)
        _ = try await fixture.signedIn(made)
        let again = await failure { () throws(Failure) in
            try await fixture.identity.resetPassword.execute(input, as: fixture.anybody)
        }
        #expect(again?.code == .invalidResetToken)
    }

    @Test("a token to choose a password runs out, three stand at most, and the first that is used is the last")
    func resetTokens() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let session = try await fixture.signedIn(user)
        _ = try await fixture.delivered()
        func token() async throws -> Secret {
            try await fixture.identity.requestPasswordReset.execute(
                .init(login: .email(user.email), tenant: nil), as: fixture.anybody)
            // What was done before is told of too.
            var token: String?
            try await until("a token") {
                token = try await fixture.delivered().last?.details["token"]?.stringValue
                return token != nil
            }
            return Secret(try #require(token))
        }
        func reset(_ token: Secret) async -> FailureCode? {
            await failure { () throws(Failure) in
                try await fixture.identity.resetPassword.execute(
                    .init(token: token, new: Secret("AnotherPassword1")), as: fixture.anybody)
            }?.code
        }
        let late = try await token()
        fixture.clock.advance(by: .seconds(1801))
        #expect(await reset(late) == .invalidResetToken)
        let first = try await token()
        let second = try await token()
        var foreign = first.revealedText()
        foreign.append("A")
        #expect(await reset(Secret(foreign)) == .invalidResetToken)
        #expect(await reset(first) == nil, "a newer one does not take it away")
        #expect(await reset(second) == .invalidResetToken, "one that is used takes the others along")
        // Those who ask too often wait.
        fixture.clock.advance(by: .seconds(3601))
        let oldest = try await token()
        for _ in 1...3 {
            fixture.clock.advance(by: .seconds(1))
            _ = try await token()
        }
        #expect(await reset(oldest) == .invalidResetToken, "three stand at most")
        #expect(throws: Failure.self) { try fixture.signer.verify(session.tokens.access, at: fixture.clock.now()) }
    }

    @Test("whether an account exists is not told by who asks for a reset")
    func unknownReset() async throws {
        let fixture = try await IdentityFixture()
        try await fixture.identity.requestPasswordReset.execute(
            .init(login: .email(EmailAddress("nobody@example.com")), tenant: nil), as: fixture.anybody)
        try await until { !fixture.memory.auditRecords.isEmpty }
        #expect(try await fixture.delivered().isEmpty)
        #expect(fixture.memory.auditRecords.last?.outcome == .denied)
    }

    @Test("a request for a reset is answered before anybody is looked for, whether there is an account or not")
    func resetBehindTheAnswer() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        _ = try await fixture.delivered()
        fixture.directory.isHeld.withLock { $0 = true }
        for email in [user.email, try EmailAddress("nobody@example.com")] {
            try await fixture.identity.requestPasswordReset.execute(
                .init(login: .email(email), tenant: nil), as: fixture.anybody)
        }
        #expect(try await fixture.delivered().isEmpty)
        fixture.directory.isHeld.withLock { $0 = false }
        let events = try await fixture.nextDelivered()
        #expect(events.map(\.kind) == [.passwordResetRequested])
    }

    @Test("while nobody subscribes, events wait for the first who does")
    func waitingEvents() async throws {
        let fixture = try await IdentityFixture()
        _ = try await fixture.signedIn(try await fixture.owner())
        let outbox = MemoryOutbox(fixture.memory, clock: fixture.clock)
        let unheard = RelayEvents(outbox: outbox, subscribers: [], sealer: fixture.sealer)
        #expect(try await unheard.execute() == 0)
        #expect(try await fixture.delivered().map(\.kind) == [.sessionBegun])
    }

    @Test("the operator is given a token that is good once, for one account, and nobody else is")
    func issuedReset() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let session = try await fixture.signedIn(user)
        let issue = IssuePasswordReset(fixture.ports, directory: fixture.directory, lifetime: .seconds(60))
        let `operator` = Caller(.system(job: "command-line", tenant: .platform), from: .test)
        func code(_ input: IssuePasswordReset.Input, as caller: Caller) async -> FailureCode? {
            await failure { () throws(Failure) in _ = try await issue.execute(input, as: caller) }?.code
        }
        let input = IssuePasswordReset.Input(email: user.email, tenant: nil)
        #expect(await code(input, as: session.caller) == .permissionDenied)
        #expect(await code(input, as: fixture.anybody) == .permissionDenied)
        let nobody = IssuePasswordReset.Input(email: try EmailAddress("nobody@example.com"), tenant: nil)
        #expect(await code(nobody, as: `operator`) == .userNotFound)
        let issued = try await issue.execute(input, as: `operator`)
        #expect(issued.user.id == user.id && issued.expiresAt == fixture.clock.now() + .seconds(60))
        let event = try #require(try await fixture.delivered().last)
        #expect(event.kind == .passwordResetIssued && event.details["token"] == nil)
        let new = ResetPassword.Input(token: issued.token, new: Secret("AnotherPassword1"))
        try await fixture.identity.resetPassword.execute(new, as: fixture.anybody)
        #expect(throws: Failure.self) { try fixture.signer.verify(session.tokens.access, at: fixture.clock.now()) }
        let again = await failure { () throws(Failure) in
            try await fixture.identity.resetPassword.execute(new, as: fixture.anybody)
        }
        #expect(again?.code == .invalidResetToken)
        // At a second tenant too: which one, is to be said.
        let other = try await fixture.user(user.email.text, hash: nil, roles: [.owner])
        #expect(other.tenant != user.tenant)
        #expect(await code(input, as: `operator`) == .validationFailed)
    }
}
