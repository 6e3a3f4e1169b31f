internal import TenonDomain
internal import TenonPolicy

/// All changes of roles and policies. They run one after another; each must result in a set of policies that compiles
/// as a whole, and must not grant more than its author may do. The author must be a user, because a key's scopes would
/// not limit the change.
struct RevisePolicies: Sendable {
    static let permission = Permission.policiesWrite

    typealias Work = HasPolicies & HasAccess & HasUsers & HasSSO & RecordsEvents

    var transactions: Writes<any Work>
    let authorizer: any Authorizer
    let clock: any WallClock
    let audited: AuditedValues

    func joining(_ transaction: OpenTransaction) -> Self {
        var joined = self
        joined.transactions = transactions.joining(transaction)
        return joined
    }

    /// Runs the change, which checks the permission on its resource; compiles the result, and has every process read it
    /// again. `source` is the changed role or policy: an error in it is reported as invalid input, an error elsewhere
    /// as `policyInterference`.
    func execute<Result: Sendable>(
        _ source: @autoclosure @Sendable () -> TenantPolicy.Source, as caller: Caller,
        _ change: @Sendable (any Work) async throws(Failure) -> Result
    ) async throws(Failure) -> Result {
        let tenant = try caller.requireTenant()
        guard authorizer.allows(Self.permission, for: caller) else {
            throw Failure(.permissionDenied, "Requires the permission \(Self.permission.name).")
        }
        let author = try caller.requireUser()
        let changed = source()
        return try await transactions.write(for: caller) { work throws(Failure) in
            try await work.policies.lock()
            let limits: Bounds? =
                if author.roles.contains(.owner) { nil } else { try await bounds(of: caller, in: work) }
            let result = try await change(work)
            let (roles, policies) = (try await work.policies.roles(), try await work.policies.policies())
            // Compiling takes about two steps per byte.
            try caller.budget.spend(2 * policies.reduce(0) { $0 + $1.rules.text.utf8.count })
            do throws(TenantPolicy.Fault) {
                _ = try TenantPolicy(roles: roles, policies: policies)
            } catch {
                throw Self.failure(error, of: changed, policies)
            }
            if let limits { try limits.check(try Self.grants(roles, policies)) }
            work.accessChanged(.tenant(tenant))
            return result
        }
    }

    /// Checks the permission on a created, changed or deleted resource. Fails with `permissionDenied`.
    func require(on resource: some Protected, as caller: Caller) throws(Failure) {
        try authorizer.require(Self.permission, on: resource, as: caller)
    }

    /// Writes the event to the outbox and the audit log, where long rules are recorded as digests.
    func record(_ event: DomainEvent, of tenant: TenantID, in work: any RecordsEvents) {
        work.record(event.changing(audited.shortened(event.change, of: tenant)))
    }

    /// The state before a change, and its author's permissions then.
    private struct Bounds: Sendable {
        let held: Set<Permission>
        let grants: PolicyGrants

        func check(_ new: PolicyGrants) throws(Failure) {
            let missing = new.additions(since: grants).subtracting(held).map(\.name).sorted()
            guard missing.isEmpty else {
                throw Failure(
                    .permissionDenied,
                    "You cannot grant permissions that you do not have: \(missing.joined(separator: ", ")).")
            }
        }
    }

    private func bounds(of caller: Caller, in work: any HasPolicies & HasAccess) async throws(Failure) -> Bounds {
        let author = try await caller.underStoredRules(in: work)
        return Bounds(
            held: authorizer.certainPermissions(of: author),
            grants: try Self.grants(try await work.policies.roles(), try await work.policies.policies()))
    }

    private static func grants(_ roles: [TenantRole], _ policies: [Policy]) throws(Failure) -> PolicyGrants {
        do throws(PolicySyntaxError) {
            return try PolicyGrants(roles: roles, policies: policies)
        } catch {
            throw .bug("What compiled before is refused: \(error.detail)")
        }
    }

    private static func failure(
        _ fault: TenantPolicy.Fault, of changed: TenantPolicy.Source, _ policies: [Policy]
    ) -> Failure {
        let pointer = if case .policy = changed { "/rules" } else { "/inherits" }
        if case .syntax(let source, let error) = fault, source != changed {
            return Failure(.policyInterference, "\(source.name(policies)), \(error.detail)")
        }
        return .invalid([fault.violation(at: pointer)])
    }
}

extension TenantPolicy.Source {
    /// As text.
    func name(_ policies: [Policy]) -> String {
        switch self {
        case .builtIn: "The built-in roles"
        case .role(let role): "The role \(role.name)"
        case .policy(let id): "The policy \(policies.first { $0.id == id }?.name.text ?? id.description)"
        }
    }
}

extension Policy {
    /// Fails if it is invalid by itself: a disabled policy must be valid too.
    func check() throws(Failure) {
        if model != nil { return try checkOwnModel() }
        do throws(TenantPolicy.Fault) {
            try checkRules()
        } catch {
            throw .invalid([error.violation(at: "/rules")])
        }
    }

    /// Fails if the policy has its own model and the two are invalid.
    private func checkOwnModel() throws(Failure) {
        do throws(PolicyFault) {
            _ = try ownEngine()
        } catch {
            throw .invalid([error.error.violation(at: error.isOfModel ? "/model" : "/rules")])
        }
    }
}
