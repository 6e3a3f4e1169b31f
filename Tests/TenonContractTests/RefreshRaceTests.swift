import TenonApplication
import TenonCrypto
import TenonDomain
import TenonMemory
import TestSupport
import Testing

/// Clients that refresh one session at the same time.
@Suite struct RefreshRaceTests {
    private static let clients = 32

    /// A session, its first refresh token, and what exchanges it. The keys are of the memory; the session is the storage's.
    private func begin(_ storage: Storage) async throws -> (refresh: RefreshSession, token: Secret) {
        let memory = MemoryTransactions(clock: storage.clock, identifiers: storage.ids)
        let keys = try await InstallationKeys.open(
            keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
            dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory), randomness: SystemRandomness(),
            clock: storage.clock)
        let tenant = try storage.tenant("acme")
        let user = try storage.user(tenant.id, email: "ann@example.com")
        let session = Session.begin(
            id: storage.ids.next(), for: user, from: .test, lifetimes: TokenLifetimes(), at: storage.clock.now()
        ).0
        try await storage.write(tenant.id) { work throws(Failure) in
            try await work.tenants.add(tenant)
            try await work.users.add(user)
            try await work.sessions.add(session)
        }
        let sessions = SessionStarter(
            signer: try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness()),
            refreshTokens: keys.refreshTokens, identifiers: storage.ids, lifetimes: TokenLifetimes())
        let refresh = RefreshSession(
            transactions: storage.transactions, refreshTokens: keys.refreshTokens, sessions: sessions,
            tenants: TenantAccessCache(), clock: storage.clock)
        let ticket = RefreshTicket(tenant: tenant.id, session: session.id, counter: 1)
        return (refresh, keys.refreshTokens.issue(ticket))
    }

    private func exchange(_ token: Secret, _ refresh: RefreshSession) async -> Result<Secret, Failure> {
        do throws(Failure) {
            return .success(try await refresh.execute(.init(token: token), as: Caller(.anonymous, from: .test)).refresh)
        } catch {
            return .failure(error)
        }
    }

    private func race(_ token: Secret, _ refresh: RefreshSession) async -> [Result<Secret, Failure>] {
        await withTaskGroup(of: Result<Secret, Failure>.self) { group in
            for _ in 0..<Self.clients { group.addTask { await exchange(token, refresh) } }
            return await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test(
        "32 clients that come with one token at once all get the same next one, round after round, and no alarm is given",
        arguments: StorageAdapter.allCases)
    func family(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (refresh, first) = try await begin(storage)
            var tokens = [first]
            for _ in 0..<3 {
                let nexts = try await race(tokens[tokens.count - 1], refresh).map { try $0.get().revealedText() }
                #expect(nexts.count == Self.clients && Set(nexts).count == 1)
                let next = try #require(nexts.first)
                #expect(!tokens.contains { $0.revealedText() == next })
                tokens.append(Secret(next))
                storage.clock.advance(by: .seconds(1))
            }
            #expect(try await !storage.auditedActions().contains("identity.session_ended"))

            // One token back is what a lost answer leaves; two back is a replay, however early, and ends the family.
            let newest = try await exchange(tokens[2], refresh).get()
            #expect(newest.revealedText() == tokens[3].revealedText())
            for token in [tokens[1], tokens[3]] {
                guard case .failure(let refused) = await exchange(token, refresh) else {
                    Issue.record("it passed")
                    continue
                }
                #expect(refused.code == .invalidRefreshToken)
            }
        }
    }

    @Test("of 32 clients that come with one token too late none gets in", arguments: StorageAdapter.allCases)
    func late(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (refresh, first) = try await begin(storage)
            let second = try await exchange(first, refresh).get()
            storage.clock.advance(by: .seconds(11))
            for outcome in await race(first, refresh) {
                guard case .failure(let refused) = outcome else {
                    Issue.record("it passed")
                    continue
                }
                #expect(refused.code == .invalidRefreshToken)
            }
            guard case .failure = await exchange(second, refresh) else {
                Issue.record("the family goes on")
                return
            }
        }
    }
}
