import TenonApplication
import TenonDomain
import TenonMemory
import TestSupport
import Testing

/// What a tenant's roles and policies come to at most.
@Suite struct PolicyLimitTests {
    /// An owner, and the use cases of a tenant that has these roles and policies.
    private func access(
        roles: Int = 0, policies: [String] = []
    ) async throws -> (useCases: AccessUseCases, owner: Caller) {
        let fixture = try await IdentityFixture()
        let user = try await fixture.owner()
        let now = fixture.clock.now()
        let owner = Caller(
            .user(SignedInUser(id: user.id, tenant: user.tenant, session: fixture.ids.next(), roles: user.roles)),
            from: .test)
        let made = try (0..<roles).map { number in
            TenantRole.create(
                try Role("role\(number)"), of: user.tenant, description: nil, permissions: [], inherits: [], by: "test",
                at: now
            ).0
        }
        let written = try policies.enumerated().map { number, rules in
            Policy.create(
                id: fixture.ids.next(), of: user.tenant,
                PolicyContent(name: try DisplayName("policy \(number)"), rules: try PolicyText(rules)), by: "test",
                at: now
            ).0
        }
        try await fixture.memory.write(in: user.tenant, as: owner) { work throws(Failure) in
            for role in made { try await work.policies.add(role) }
            for policy in written { try await work.policies.add(policy) }
        }
        return (AccessUseCases(fixture.ports), owner)
    }

    private func creation(
        _ name: String, _ useCases: AccessUseCases, as owner: Caller
    ) async throws -> Failure? {
        let input = CreateRole.Input(
            role: try Role(name), description: nil, permissions: [.configsRead, .auditRead], inherits: [])
        return await failure { () throws(Failure) in try await useCases.createRole.execute(input, as: owner) }
    }

    @Test("a tenant has at most 200 roles of its own")
    func roles() async throws {
        let (useCases, owner) = try await access(roles: TenantRole.maxCount - 1)
        #expect(try await creation("last", useCases, as: owner) == nil)
        #expect(try await creation("more", useCases, as: owner)?.code == .tooManyRoles)
    }

    @Test("a tenant has at most 100 policies")
    func policies() async throws {
        let rules = "p, role:viewer, secrets, read, allow"
        let (useCases, owner) = try await access(policies: Array(repeating: rules, count: Policy.maxCount - 1))
        func create(_ name: String) async throws -> Failure? {
            let content = PolicyContent(name: try DisplayName(name), rules: try PolicyText(rules))
            return await failure { () throws(Failure) in
                try await useCases.createPolicy.execute(content, as: owner)
            }
        }
        #expect(try await create("last") == nil)
        #expect(try await create("more")?.code == .tooManyPolicies)
    }

    @Test("a role whose rules leave too little room for a policy is refused, and the policy is named")
    func interference() async throws {
        let full = (0..<4).map { part in
            (0..<(part < 3 ? 2500 : 2499)).map { "g,user:\($0),role:r\(part)" }.joined(separator: "\n")
        }
        let (useCases, owner) = try await access(policies: full)
        let refused = try await creation("auditor", useCases, as: owner)
        #expect(refused?.code == .policyInterference)
        #expect(refused?.detail.contains("The policy policy 3,") == true, "\(refused?.detail ?? "")")
    }
}
