import Synchronization
import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct PolicyStoreContract {
    private func role(_ name: String, in storage: Storage, of tenant: TenantID) throws -> TenantRole {
        TenantRole.create(
            try Role(name), of: tenant, description: try Description("what it is for"),
            permissions: [.auditRead, .configsRead], inherits: [.viewer], by: "usr_x", at: storage.clock.now()
        ).0
    }

    private func policy(_ name: String, in storage: Storage, of tenant: TenantID) throws -> Policy {
        Policy.create(
            id: storage.ids.next(), of: tenant,
            PolicyContent(
                name: try DisplayName(name), rules: try PolicyText("p, role:viewer, secrets, read, allow\n# é\n")),
            by: "usr_x", at: storage.clock.now()
        ).0
    }

    @Test(
        "Roles and policies are found as they were added and as they were changed", arguments: StorageAdapter.allCases)
    func addAndFind(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let role = try role("auditor", in: storage, of: tenant.id)
            let policy = try policy("secrets", in: storage, of: tenant.id)
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.policies.lock()
                try await work.policies.add(role)
                try await work.policies.add(policy)
            }
            let reads = storage.transactions.reads(in: tenant.id)
            #expect(try await reads.policies.role(role.role) == role)
            #expect(try await reads.policies.roles() == [role])
            #expect(try await reads.policies.policy(policy.id) == policy)
            #expect(try await reads.policies.policies() == [policy])
            let access = try #require(try await reads.access.tenantAccess())
            let own = try #require(access.policy)
            let made = storage.clock.now()
            #expect(own.allows(.auditRead, for: PolicySubject(role: role.role), at: made))
            #expect(own.allows(.secretsRead, for: PolicySubject(role: role.role), at: made))
            #expect(!own.allows(.configsWrite, for: PolicySubject(role: role.role), at: made))

            storage.clock.advance(by: .seconds(5))
            let now = storage.clock.now()
            let (later, _) = try #require(
                role.changed(description: .removed, permissions: [.usersRead], inherits: [], at: now))
            let patch = PolicyPatch(
                name: try DisplayName("other"), rules: try PolicyText("p, a"),
                model: .set(try PolicyText("[matchers]")), status: .disabled)
            let (changed, _) = try #require(policy.changed(by: patch, at: now))
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.policies.save(later)
                try await work.policies.save(changed)
            }
            #expect(try await reads.policies.role(role.role) == later)
            #expect(try await reads.policies.policy(policy.id) == changed)

            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.policies.remove(role.role)
                try await work.policies.remove(policy.id)
            }
            #expect(try await reads.policies.roles().isEmpty)
            #expect(try await reads.policies.policies().isEmpty)
            #expect(try await reads.access.tenantAccess()?.policy == nil)
        }
    }

    @Test("a role made anew has a version above those that it had before", arguments: StorageAdapter.allCases)
    func versionFloor(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let role = try role("auditor", in: storage, of: tenant.id)
            let (later, _) = try #require(
                role.changed(description: .removed, permissions: [], inherits: [], at: storage.clock.now()))
            let floors = try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.policies.lock()
                var floors = [try await work.policies.roleVersionFloor()]
                try await work.policies.add(role)
                try await work.policies.save(later)
                try await work.policies.remove(role.role)
                floors.append(try await work.policies.roleVersionFloor())
                try await work.policies.add(role)
                try await work.policies.remove(role.role)
                return floors + [try await work.policies.roleVersionFloor()]
            }
            #expect(floors == [0, 2, 2])
            #expect(try await storage.transactions.reads(in: tenant.id).policies.roleVersionFloor() == 2)
        }
    }

    @Test("Names are unique within the tenant", arguments: StorageAdapter.allCases)
    func duplicates(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let other: TenantID = storage.ids.next()
            let (role, policy) = (
                try role("auditor", in: storage, of: tenant), try policy("secrets", in: storage, of: tenant)
            )
            try await storage.write(tenant) { work throws(Failure) in
                try await work.policies.add(role)
                try await work.policies.add(policy)
            }
            let again = try self.policy("secrets", in: storage, of: tenant)
            let renamed = try self.policy("renamed", in: storage, of: tenant)
            try await storage.write(tenant) { work throws(Failure) in try await work.policies.add(renamed) }
            let taken = try #require(
                renamed.changed(by: PolicyPatch(name: policy.name), at: storage.clock.now())
            ).0
            let codes = [
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.policies.add(role) }
                },
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.policies.add(again) }
                },
                await failure { () throws(Failure) in
                    try await storage.write(tenant) { work throws(Failure) in try await work.policies.save(taken) }
                },
            ].map { $0?.code }
            #expect(codes == [.roleNameTaken, .policyNameTaken, .policyNameTaken])
            let theirs = try self.role("auditor", in: storage, of: other)
            let policies = try self.policy("secrets", in: storage, of: other)
            try await storage.write(other) { work throws(Failure) in
                try await work.policies.add(theirs)
                try await work.policies.add(policies)
            }
        }
    }

    @Test("Another tenant sees and changes nothing", arguments: StorageAdapter.allCases)
    func isolation(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let stranger: TenantID = storage.ids.next()
            let (role, policy) = (
                try role("auditor", in: storage, of: tenant), try policy("secrets", in: storage, of: tenant)
            )
            try await storage.write(tenant) { work throws(Failure) in
                try await work.policies.add(role)
                try await work.policies.add(policy)
            }
            let reads = storage.transactions.reads(in: stranger)
            #expect(try await reads.policies.role(role.role) == nil)
            #expect(try await reads.policies.roles().isEmpty)
            #expect(try await reads.policies.policy(policy.id) == nil)
            #expect(try await reads.policies.policies().isEmpty)
            #expect(try await reads.policies.policies(PageRequest()).items.isEmpty)
            try await storage.write(stranger) { work throws(Failure) in
                try await work.policies.remove(role.role)
                try await work.policies.remove(policy.id)
            }
            let own = storage.transactions.reads(in: tenant)
            #expect(try await own.policies.roles() == [role])
            #expect(try await own.policies.policies() == [policy])
            let refused = await failure { () throws(Failure) in
                try await storage.write(stranger) { work throws(Failure) in try await work.policies.add(policy) }
            }
            #expect(refused?.code == .internalError)
        }
    }

    @Test(
        "Of two who change something at once the second sees what the first has done",
        arguments: StorageAdapter.allCases)
    func lock(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let roles = try (0..<8).map { try role("role\($0)", in: storage, of: tenant) }
            let seen = try await withThrowingTaskGroup(of: Int.self) { group in
                for role in roles {
                    group.addTask {
                        try await storage.write(tenant) { work throws(Failure) in
                            try await work.policies.lock()
                            let count = try await work.policies.roles().count
                            try await work.policies.add(role)
                            return count
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(seen.sorted() == Array(0..<8))
        }
    }

    @Test("A role that is being given to somebody cannot be taken away meanwhile", arguments: StorageAdapter.allCases)
    func givenRole(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant = try storage.tenant("acme")
            let role = try role("support", in: storage, of: tenant.id)
            let bob = User.register(
                id: storage.ids.next(), tenant: tenant.id, email: try EmailAddress("bob@example.com"),
                passwordHash: nil, roles: [role.role], at: storage.clock.now()
            ).0
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.tenants.add(tenant)
                try await work.policies.add(role)
            }
            let access = AccessUseCases(storage.ports)
            let owner = Caller(
                .user(
                    SignedInUser(
                        id: storage.ids.next(), tenant: tenant.id, session: storage.ids.next(), roles: [.owner])),
                from: .test)
            let parameters = storage.parameters == nil ? nil : try await storage.parameters(of: tenant.id)
            let progress = Mutex((isGiving: false, isTaken: false))
            let taking = Task {
                while !progress.withLock({ $0.isGiving }) { await Task.yield() }
                let refusal = await failure { () throws(Failure) in
                    try await access.deleteRole.execute(.init(id: role.role), as: owner)
                }
                progress.withLock { $0.isTaken = true }
                return refusal?.code
            }
            try await storage.write(tenant.id) { work throws(Failure) in
                try await work.policies.requireKnownRoles([role.role])
                progress.withLock { $0.isGiving = true }
                // Who does not wait is done meanwhile. The memory lets nobody in and cannot be asked.
                guard let parameters else { return try await work.users.add(bob) }
                try? await until("who waits, or does not") {
                    let waiting =
                        "SELECT 1 FROM pg_locks WHERE NOT granted AND pid IN (SELECT pid FROM pg_stat_activity"
                    let rows = try await TestCluster.script(
                        parameters, waiting + " WHERE datname = current_database())")
                    return !rows.isEmpty || progress.withLock { $0.isTaken }
                }
                try await work.users.add(bob)
            }
            #expect(await taking.value == .roleInUse)
            #expect(try await storage.transactions.reads(in: tenant.id).policies.role(role.role) != nil)
        }
    }
}
