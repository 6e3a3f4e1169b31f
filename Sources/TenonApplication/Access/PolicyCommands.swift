public import TenonDomain

/// Makes a policy. One without a model of its own is in force from then on, unless it is disabled.
public struct CreatePolicy: Sendable {
    public static let permission = RevisePolicies.permission

    private let revise: RevisePolicies
    private let identifiers: Identifiers

    init(_ revise: RevisePolicies, identifiers: Identifiers) {
        self.revise = revise
        self.identifiers = identifiers
    }

    /// Fails with `policyNameTaken` or `tooManyPolicies`, and as invalid, with line and column, where rules or model
    /// cannot be read.
    public func execute(_ content: PolicyContent, as caller: Caller) async throws(Failure) -> Policy {
        let (policy, created) = Policy.create(
            id: identifiers.next(), of: try caller.requireTenant(), content, by: caller.subject,
            at: revise.clock.now())
        return try await revise.execute(.policy(policy.id), as: caller) { work throws(Failure) in
            try policy.check()
            guard try await work.policies.policies().count < Policy.maxCount else {
                throw Failure(.tooManyPolicies, "A tenant has at most \(Policy.maxCount) policies.")
            }
            try await work.policies.add(policy)
            revise.record(created, of: policy.tenant, in: work)
            return policy
        }
    }
}

/// Changes a policy. What cannot be read is refused, and what stood stays in force.
public struct UpdatePolicy: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let id: PolicyID
        public let patch: PolicyPatch
        public let precondition: Precondition

        public init(id: PolicyID, _ patch: PolicyPatch, if precondition: Precondition = .none) {
            self.id = id
            self.patch = patch
            self.precondition = precondition
        }
    }

    private let revise: RevisePolicies

    init(_ revise: RevisePolicies) {
        self.revise = revise
    }

    /// Fails with `policyNotFound`, `preconditionFailed`, or as `CreatePolicy` does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Policy {
        let now = revise.clock.now()
        return try await revise.execute(.policy(input.id), as: caller) { work throws(Failure) in
            let policy = try await work.policies.require(input.id)
            try input.precondition.check(policy.version)
            guard let (changed, event) = policy.changed(by: input.patch, at: now) else { return policy }
            try changed.check()
            try await work.policies.save(changed)
            revise.record(event, of: policy.tenant, in: work)
            return changed
        }
    }
}

/// Takes a policy away.
public struct DeletePolicy: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let id: PolicyID
        public let precondition: Precondition

        public init(id: PolicyID, if precondition: Precondition = .none) {
            self.id = id
            self.precondition = precondition
        }
    }

    private let revise: RevisePolicies

    init(_ revise: RevisePolicies) {
        self.revise = revise
    }

    /// Fails with `policyNotFound` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await revise.execute(.policy(input.id), as: caller) { work throws(Failure) in
            let policy = try await work.policies.require(input.id)
            try input.precondition.check(policy.version)
            try await work.policies.remove(input.id)
            revise.record(policy.removal, of: policy.tenant, in: work)
        }
    }
}

extension PolicyStore {
    /// The policy, or `policyNotFound`.
    func require(_ id: PolicyID) async throws(Failure) -> Policy {
        guard let found = try await policy(id) else { throw Failure(.policyNotFound, "No such policy.") }
        return found
    }
}

extension Policy {
    /// Fails as invalid where it cannot be read by itself: what is not in force must be able to come into it.
    fileprivate func check() throws(Failure) {
        if model != nil { return try checkOwnModel() }
        do throws(TenantPolicy.Fault) {
            try checkRules()
        } catch {
            throw .invalid([error.violation(at: "/rules")])
        }
    }
}
