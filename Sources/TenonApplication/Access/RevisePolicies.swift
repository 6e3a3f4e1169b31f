internal import TenonDomain

/// How every command changes roles and policies: one after the other, and only to what can be in force as a whole.
struct RevisePolicies: Sendable {
    static let permission = Permission.policiesWrite

    let transactions: any Transactions
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Runs the change, compiles what stands then, and lets every process read it again. `source` is what is changed:
    /// a fault of it is told as one of the input, anything else as `policyInterference`.
    func execute<Result: Sendable>(
        _ source: @autoclosure @Sendable () -> TenantPolicy.Source, as caller: Caller,
        _ change: @Sendable (any UnitOfWork) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        let changed = source()
        return try await transactions.write(for: caller) { work throws(Failure) in
            try await work.policies.lock()
            let result = try await change(work)
            let (roles, policies) = (try await work.policies.roles(), try await work.policies.policies())
            do throws(TenantPolicy.Fault) {
                _ = try TenantPolicy(roles: roles, policies: policies)
            } catch {
                throw Self.failure(error, of: changed, policies)
            }
            work.accessChanged(.tenant(tenant))
            return result
        }
    }

    private static func failure(
        _ fault: TenantPolicy.Fault, of changed: TenantPolicy.Source, _ policies: [Policy]
    ) -> Failure {
        let pointer = if case .policy = changed { "/rules" } else { "/inherits" }
        switch fault {
        case .roleCycle(let names):
            return .invalid(
                "role_cycle", "These would have each other as roles: \(names.joined(separator: ", ")).", at: pointer)
        case .syntax(changed, let error): return .invalid([error.violation(at: pointer)])
        case .syntax(let source, let error):
            return Failure(.policyInterference, "\(source.name(policies)), \(error.detail)")
        }
    }
}

extension TenantPolicy.Source {
    /// For people.
    func name(_ policies: [Policy]) -> String {
        switch self {
        case .builtIn: "The built-in roles"
        case .role(let role): "The role \(role.name)"
        case .policy(let id): "The policy \(policies.first { $0.id == id }?.name.text ?? id.description)"
        }
    }
}

extension Policy {
    /// Fails as invalid where the policy has a model of its own and the two cannot be read.
    func checkOwnModel() throws(Failure) {
        do throws(PolicyFault) {
            _ = try ownEngine()
        } catch {
            throw .invalid([error.error.violation(at: error.isOfModel ? "/model" : "/rules")])
        }
    }
}
