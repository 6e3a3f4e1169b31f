import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// Commands on one user that come at the same time wait for one another.
@Suite struct UserRaceContract {
    /// Costs nothing.
    private struct ReadablePasswords: PasswordHasher {
        func hash(_ password: Secret) async throws(Failure) -> PasswordHash {
            PasswordHash(encoded: password.revealedText())
        }

        func verify(_ candidate: Secret, against hash: PasswordHash?) async throws(Failure) -> PasswordVerdict {
            candidate.revealedText() == hash?.encoded ? .right : .wrong
        }
    }

    private struct Fixture: Sendable {
        let storage: Storage
        let identity: IdentityUseCases
        /// An owner whose password is `SecurePassword0`.
        let ann: Caller
        let annID: UserID
        let bob: User

        init(_ storage: Storage) async throws {
            self.storage = storage
            let memory = MemoryTransactions(clock: storage.clock, identifiers: storage.ids)
            let keys = try await InstallationKeys.open(
                keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), secretKey: nil,
                dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory), randomness: SystemRandomness(),
                clock: storage.clock)
            identity = IdentityUseCases(
                storage.ports, directory: storage.directory, attempts: storage.signInAttempts,
                passwords: PasswordPolicy(), hasher: ReadablePasswords(), refreshTokens: keys.refreshTokens,
                sessions: SessionStarter(
                    signer: try AccessTokenSigner(keys: keys.signingKeys, randomness: SystemRandomness()),
                    refreshTokens: keys.refreshTokens, identifiers: storage.ids, lifetimes: TokenLifetimes()),
                tenants: TenantAccessCache(), plan: .free, freeAttempts: 100)
            let tenant: TenantID = storage.ids.next()
            let users = try ["ann", "bob"].map { name in
                User.register(
                    id: storage.ids.next(), tenant: tenant, email: try EmailAddress("\(name)@example.com"),
                    passwordHash: PasswordHash(encoded: "SecurePassword0"), roles: name == "ann" ? [.owner] : [.viewer],
                    at: storage.clock.now()
                ).0
            }
            try await storage.write(tenant) { work throws(Failure) in
                for user in users { try await work.users.add(user) }
            }
            annID = users[0].id
            bob = users[1]
            ann = Caller(
                .user(
                    SignedInUser(id: users[0].id, tenant: tenant, session: storage.ids.next(), roles: users[0].roles)),
                from: .test)
        }

        /// What came of each, without order; nil is a success.
        func race(
            _ count: Int, _ body: @escaping @Sendable (Int) async throws(Failure) -> Void
        ) async -> [FailureCode?] {
            await withTaskGroup(of: FailureCode?.self) { group in
                for number in 1...count {
                    group.addTask { await failure { () throws(Failure) in try await body(number) }?.code }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
        }
    }

    private static func with(_ adapter: StorageAdapter, _ body: (Fixture) async throws -> Void) async throws {
        try await Storage.with(adapter) { storage in try await body(try await Fixture(storage)) }
    }

    @Test("of changes to one profile at the same time all are done", arguments: StorageAdapter.allCases)
    func profile(adapter: StorageAdapter) async throws {
        try await Self.with(adapter) { fixture in
            let names = try (1...8).map { try DisplayName("Ann \($0)") }
            let named = await fixture.race(8) { number throws(Failure) in
                _ = try await fixture.identity.updateProfile.execute(
                    .init(email: nil, username: .absent, name: .init(full: .set(names[number - 1]))), as: fixture.ann)
            }
            #expect(named.allSatisfy { $0 == nil }, "\(named)")
            let addresses = try (1...3).map { try EmailAddress("ann\($0)@example.com") }
            let moved = await fixture.race(3) { number throws(Failure) in
                _ = try await fixture.identity.updateProfile.execute(
                    .init(
                        email: addresses[number - 1], username: .absent, name: .init(),
                        currentPassword: Secret("SecurePassword0")), as: fixture.ann)
            }
            #expect(moved.allSatisfy { $0 == nil }, "\(moved)")
        }
    }

    @Test("of changes to one user by others at the same time all are done", arguments: StorageAdapter.allCases)
    func others(adapter: StorageAdapter) async throws {
        try await Self.with(adapter) { fixture in
            let names = try (1...8).map { try DisplayName("Bob \($0)") }
            let named = await fixture.race(8) { number throws(Failure) in
                let patch = UserPatch(name: .init(full: .set(names[number - 1])))
                _ = try await fixture.identity.updateUser.execute(
                    .init(id: fixture.bob.id, patch), as: fixture.ann)
            }
            #expect(named.allSatisfy { $0 == nil }, "\(named)")
            let stored = try await fixture.storage.transactions.reads(in: fixture.bob.tenant).users.user(fixture.bob.id)
            #expect(stored?.version == 9)
        }
    }

    @Test(
        "of changes of one password at the same time one is done, and the others' old one is wrong; a repeat is no mistake",
        arguments: StorageAdapter.allCases)
    func password(adapter: StorageAdapter) async throws {
        try await Self.with(adapter) { fixture in
            let changed = await fixture.race(4) { number throws(Failure) in
                try await fixture.identity.changePassword.execute(
                    .init(current: Secret("SecurePassword0"), new: Secret("SecurePassword\(number)")), as: fixture.ann)
            }
            #expect(changed.count { $0 == nil } == 1, "\(changed)")
            #expect(changed.count { $0 == .wrongPassword } == 3, "\(changed)")
            let users = fixture.storage.transactions.reads(in: fixture.bob.tenant).users
            let current = try #require(try await users.user(fixture.annID)?.passwordHash?.encoded)
            let repeated = await fixture.race(4) { _ throws(Failure) in
                try await fixture.identity.changePassword.execute(
                    .init(current: Secret(current), new: Secret("SecurePassword9")), as: fixture.ann)
            }
            #expect(repeated.allSatisfy { $0 == nil }, "\(repeated)")
        }
    }
}
