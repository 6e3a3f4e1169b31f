import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct SSOConnectionContract {
    @Test(
        "what is added is found, field by field, and by its id before the tenant is known",
        arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let connection = try storage.connection(tenant, "company")
            let open = try storage.connection(tenant, "public", secret: nil)
            try await storage.write(tenant) { work throws(Failure) in
                try await work.sso.add(connection)
                try await work.sso.add(open)
            }
            let reads = storage.transactions.reads(in: tenant)
            #expect(try await reads.sso.connection(connection.id) == connection)
            #expect(try await reads.sso.connection(open.id) == open)
            #expect(try await storage.directory.tenant(of: connection.id) == tenant)
            let stranger: SSOConnectionID = storage.ids.next()
            #expect(try await storage.directory.tenant(of: stranger) == nil)
        }
    }

    @Test("a change is stored whole, with its secret or without one", arguments: StorageAdapter.allCases)
    func changes(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let connection = try storage.connection(tenant, "company")
            try await storage.write(tenant) { work throws(Failure) in try await work.sso.add(connection) }
            let settings = try SSOSettingsPatch(
                roleMapping: ["ops": .admin, "dévs": .member], defaultRoles: [], createsUsers: false, status: .disabled
            ).applied(to: connection.settings)
            let (changed, _) = try #require(
                connection.changed(settings, secret: .removed, at: storage.clock.now() + .seconds(1)))
            try await storage.write(tenant) { work throws(Failure) in
                _ = try await work.sso.connectionForUpdate(connection.id)
                try await work.sso.save(changed)
            }
            #expect(try await storage.transactions.reads(in: tenant).sso.connection(connection.id) == changed)
        }
    }

    @Test("of racing changes each sees what the one before stored", arguments: StorageAdapter.allCases)
    func racing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let connection = try storage.connection(tenant, "company")
            try await storage.write(tenant) { work throws(Failure) in try await work.sso.add(connection) }
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<20 {
                    group.addTask { try? await Self.change(connection.id, number, in: storage, tenant) }
                }
            }
            #expect(try await storage.transactions.reads(in: tenant).sso.connection(connection.id).version == 21)
        }
    }

    private static func change(
        _ id: SSOConnectionID, _ number: Int, in storage: Storage, _ tenant: TenantID
    ) async throws(Failure) {
        try await storage.write(tenant) { work throws(Failure) in
            let standing = try await work.sso.connectionForUpdate(id)
            let sealed = SealedBytes([1, 0, 0, 0, 1, UInt8(number)])
            guard let (next, _) = standing.changed(standing.settings, secret: .set(sealed), at: storage.clock.now())
            else { return }
            try await work.sso.save(next)
        }
    }

    @Test(
        "one subject is one user and one user one subject, and both go with their connection",
        arguments: StorageAdapter.allCases)
    func identities(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let connection = try storage.connection(tenant.id, "company")
            let ann = try storage.user(tenant.id, email: "ann@example.com")
            let bob = try storage.user(tenant.id, email: "bob@example.com")
            let now = storage.clock.now()
            func identity(_ subject: String, _ user: User) -> UserIdentity {
                UserIdentity(connection: connection.id, subject: subject, user: user.id, createdAt: now)
            }
            let first = identity("a", ann)
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.users.add(ann)
                try await work.users.add(bob)
                try await work.sso.add(connection)
                try await work.sso.add(first)
            }
            let reads = storage.transactions.reads(in: tenant.id)
            #expect(try await reads.sso.user(of: "a", at: connection.id) == ann.id)
            #expect(try await reads.sso.user(of: "A", at: connection.id) == nil)
            for taken in [identity("a", bob), identity("b", ann), first] {
                let refused = await failure { () throws(Failure) in
                    try await storage.write(tenant.id) { work throws(Failure) in try await work.sso.add(taken) }
                }
                #expect(refused?.code == .ssoAccountExists)
            }
            try await storage.write(tenant.id) { work throws(Failure) in try await work.users.remove(ann.id) }
            #expect(try await reads.sso.user(of: "a", at: connection.id) == nil)
            let second = identity("b", bob)
            try await storage.write(tenant.id) { work throws(Failure) in try await work.sso.add(second) }
            try await storage.write(tenant.id) { work throws(Failure) in try await work.sso.remove(connection.id) }
            #expect(try await reads.sso.user(of: "b", at: connection.id) == nil)
            #expect(try await reads.users.user(bob.id) == bob)
            let gone = await failure { () throws(Failure) in try await reads.sso.connection(connection.id) }
            #expect(gone?.code == .ssoConnectionNotFound)
            let late = await failure { () throws(Failure) in
                try await storage.write(tenant.id) { work throws(Failure) in try await work.sso.add(second) }
            }
            #expect(late?.code == .ssoConnectionNotFound)
        }
    }

    @Test(
        "of 20 that spend one state at once, one does; it is forgotten when it has expired",
        arguments: StorageAdapter.allCases)
    func states(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let start = storage.clock.now()
            let digest = [UInt8](repeating: 7, count: 32)
            @Sendable func spend(at now: Timestamp, in tenant: TenantID) async -> Bool? {
                try? await storage.write(tenant) { work throws(Failure) in
                    try await work.sso.spend(digest, until: start + .seconds(600), at: now)
                }
            }
            let outcomes = await withTaskGroup(of: Bool?.self) { group in
                for _ in 0..<20 { group.addTask { await spend(at: start, in: tenant) } }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.count { $0 == true } == 1)
            #expect(outcomes.count { $0 == false } == 19)
            #expect(await spend(at: start, in: storage.ids.next()) == true, "another tenant's states are its own")
            #expect(await spend(at: start + .seconds(599), in: tenant) == false)
            #expect(await spend(at: start + .seconds(600), in: tenant) == true)
        }
    }

    @Test("another tenant sees and changes nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let stranger: TenantID = storage.ids.next()
            let connection = try storage.connection(tenant.id, "company")
            let ann = try storage.user(tenant.id, email: "ann@example.com")
            let now = storage.clock.now()
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.users.add(ann)
                try await work.sso.add(connection)
                try await work.sso.add(
                    UserIdentity(connection: connection.id, subject: "a", user: ann.id, createdAt: now))
            }
            let reads = storage.transactions.reads(in: stranger)
            #expect(try await reads.sso.connections(PageRequest()).items.isEmpty)
            #expect(try await reads.sso.user(of: "a", at: connection.id) == nil)
            let unseen = await failure { () throws(Failure) in try await reads.sso.connection(connection.id) }
            #expect(unseen?.code == .ssoConnectionNotFound)
            let (changed, _) = try #require(
                connection.changed(connection.settings, secret: .removed, at: storage.clock.now()))
            let refused = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.sso.save(changed) }
            }
            #expect(refused?.code == .internalError)
            let held = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in
                    _ = try await work.sso.connectionForUpdate(connection.id)
                }
            }
            #expect(held?.code == .ssoConnectionNotFound)
            try await storage.write(stranger) { work throws(Failure) in try await work.sso.remove(connection.id) }
            let own = storage.transactions.reads(in: tenant.id)
            #expect(try await own.sso.connection(connection.id) == connection)
            #expect(try await own.sso.user(of: "a", at: connection.id) == ann.id)
        }
    }

    @Test("a rotation finds the sealed secrets and replaces each as it was read", arguments: StorageAdapter.allCases)
    func resealing(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let connection = try storage.connection(tenant, "company")
            let open = try storage.connection(tenant, "public", secret: nil)
            try await storage.write(tenant) { work throws(Failure) in
                try await work.sso.add(connection)
                try await work.sso.add(open)
            }
            #expect(try await storage.sealedCells.count(of: tenant, olderThan: 2) == 1)
            let cells = try await storage.sealedCells.cells(
                of: tenant, in: .ssoConnections, olderThan: 2, after: nil, limit: 10)
            #expect(cells.map(\.place) == [SSOConnection.sealPlace(of: connection.id, in: tenant)])
            let new = SealedBytes([1, 0, 0, 0, 2, 9])
            let replaced = try await storage.sealedCells.replace([(cells[0], new)], of: tenant, in: .ssoConnections)
            #expect(replaced == 1)
            let stored = try await storage.transactions.reads(in: tenant).sso.connection(connection.id)
            #expect(stored == connection.with(sealed: new))
            #expect(try await storage.sealedCells.count(of: tenant, olderThan: 2) == 0)
        }
    }
}

extension Storage {
    func connection(_ tenant: TenantID, _ name: String, secret: SealedBytes? = SealedBytes([1, 0, 0, 0, 1, 7])) throws
        -> SSOConnection
    {
        let settings = try SSOSettingsPatch(
            clientID: OAuthClientID("tenon"),
            scopes: OAuthScopes(["openid", "email"]), domains: [EmailDomain("acme.example"), EmailDomain("acme.test")],
            rolesClaim: ClaimPath("/resource_access/a~1b/roles"),
            roleMapping: ["Team A": .admin, "b": Role("release-manager")],
            defaultRoles: [.viewer, .member]
        ).settings(by: .keycloak, issuer: IssuerURL("https://id.example/realms/a"))
        return SSOConnection.create(
            id: ids.next(), tenant: tenant, name: try SSOConnectionName(name), preset: .keycloak, settings: settings,
            sealedSecret: secret, at: clock.now()
        ).0
    }
}
