import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct SessionEndTests {
    private func refresh(_ tokens: TokenPair, _ fixture: IdentityFixture) async -> FailureCode? {
        await failure { () throws(Failure) in
            try await fixture.identity.refreshSession.execute(.init(token: tokens.refresh), as: fixture.anybody)
        }?.code
    }

    @Test("a suspension ends the sessions for good: a token from before is of no use when the user is resumed")
    func suspension() async throws {
        let fixture = try await IdentityFixture()
        let owner = try await fixture.signedIn(try await fixture.owner()).caller
        let member = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), password: IdentityFixture.password), as: owner)
        let stolen = try await fixture.signedIn(member).tokens
        for status in [UserStatus.suspended, .active] {
            _ = try await fixture.identity.updateUser.execute(
                .init(id: member.id, UserPatch(status: status)), as: owner)
            #expect(throws: Failure.self) { try fixture.signer.verify(stolen.access, at: fixture.clock.now()) }
            #expect(await refresh(stolen, fixture) == .invalidRefreshToken)
        }
        let fresh = try await fixture.signedIn(member).tokens
        #expect(throws: Never.self) { try fixture.signer.verify(fresh.access, at: fixture.clock.now()) }
    }

    @Test("an administrator ends every session of somebody, and of nobody who may do more")
    func byAdministrator() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let owner = try await fixture.signedIn(user).caller
        let admin = try await fixture.identity.createUser.execute(
            .init(email: try EmailAddress("bob@example.com"), password: IdentityFixture.password, roles: [.admin]),
            as: owner)
        let sessions = [try await fixture.signedIn(admin), try await fixture.signedIn(admin)]
        let refused = await failure { () throws(Failure) in
            try await fixture.identity.endUserSessions.execute(user.id, as: sessions[0].caller)
        }
        #expect(refused?.code == .permissionDenied)
        let stranger = try await fixture.signedIn(try await fixture.owner("eve@example.com")).caller
        let foreign = await failure { () throws(Failure) in
            try await fixture.identity.endUserSessions.execute(admin.id, as: stranger)
        }
        #expect(foreign?.code == .userNotFound)
        try await fixture.identity.endUserSessions.execute(admin.id, as: owner)
        for session in sessions {
            #expect(throws: Failure.self) { try fixture.signer.verify(session.tokens.access, at: fixture.clock.now()) }
            #expect(await refresh(session.tokens, fixture) == .invalidRefreshToken)
        }
        let record = try #require(fixture.memory.auditRecords.last { $0.action == "identity.sessions_ended" })
        #expect(record.resource == .user(admin.id) && record.details["count"] == 2)
        #expect(record.actor == owner.subject)
        let fresh = try await fixture.signedIn(admin).tokens
        #expect(throws: Never.self) { try fixture.signer.verify(fresh.access, at: fixture.clock.now()) }
    }

    @Test("whoever comes with a token of a session that is over is written down, once a second")
    func refused() async throws {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let (caller, tokens) = try await fixture.signedIn(user)
        try await fixture.identity.endSession.execute(nil, as: caller)
        for _ in 1...3 { #expect(await refresh(tokens, fixture) == .invalidRefreshToken) }
        fixture.clock.advance(by: .seconds(1))
        #expect(await refresh(tokens, fixture) == .invalidRefreshToken)
        let records = fixture.memory.auditRecords.filter { $0.action == "identity.refresh_refused" }
        #expect(records.map(\.outcome) == [.denied, .denied])
        #expect(records.last?.details["omitted"] == 2)
        #expect(records.last?.tenant == user.tenant)
    }

    @Test("an access token does not outlive its session, and says so")
    func clamp() async throws {
        let fixture = try await IdentityFixture(
            lifetimes: TokenLifetimes(refreshIdle: .seconds(1200), refreshTotal: .seconds(2000)))
        let begun = fixture.clock.now()
        let first = try await fixture.signedIn(try await fixture.owner()).tokens
        #expect(first.expiresIn == .seconds(1200), "nobody may refresh behind that")
        fixture.clock.advance(by: .seconds(1100))
        let second = try await fixture.identity.refreshSession.execute(
            .init(token: first.refresh), as: fixture.anybody)
        #expect(second.expiresIn == .seconds(900))
        let claims = try fixture.signer.verify(second.access, at: fixture.clock.now())
        #expect(claims.expiresAt <= begun + .seconds(2000))
    }
}
