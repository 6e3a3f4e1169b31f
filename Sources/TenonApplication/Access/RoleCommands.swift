public import TenonDomain

/// Makes a role.
public struct CreateRole: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let role: Role
        public let description: Description?
        public let permissions: Set<Permission>
        public let inherits: Set<Role>

        public init(role: Role, description: Description?, permissions: Set<Permission>, inherits: Set<Role>) {
            self.role = role
            self.description = description
            self.permissions = permissions
            self.inherits = inherits
        }
    }

    private let revise: RevisePolicies

    init(_ revise: RevisePolicies) {
        self.revise = revise
    }

    /// Fails with `roleNameTaken`, `tooManyRoles`, or as invalid for a role that is inherited and not there, and for a
    /// circle of roles.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TenantRole {
        let tenant = try caller.requireTenant()
        guard !input.role.isReserved else { throw Failure(.roleNameTaken, "\(input.role.name) is a built-in role.") }
        let (role, created) = TenantRole.create(
            input.role, of: tenant, description: input.description, permissions: input.permissions,
            inherits: input.inherits, by: caller.subject, at: revise.clock.now())
        return try await revise.execute(.role(input.role), as: caller) { work throws(Failure) in
            guard try await work.policies.roles().count < TenantRole.maxCount else {
                throw Failure(.tooManyRoles, "A tenant has at most \(TenantRole.maxCount) roles of its own.")
            }
            try await work.policies.add(role)
            try await work.policies.requireKnownRoles(role.inherits, at: "/inherits")
            work.record(created)
            return role
        }
    }
}

/// Changes a role of the tenant.
public struct UpdateRole: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let role: Role
        public let description: PatchMember<Description>
        public let permissions: Set<Permission>?
        public let inherits: Set<Role>?
        public let precondition: Precondition

        public init(
            role: Role, description: PatchMember<Description> = .absent, permissions: Set<Permission>? = nil,
            inherits: Set<Role>? = nil, if precondition: Precondition = .none
        ) {
            self.role = role
            self.description = description
            self.permissions = permissions
            self.inherits = inherits
            self.precondition = precondition
        }
    }

    private let revise: RevisePolicies

    init(_ revise: RevisePolicies) {
        self.revise = revise
    }

    /// Fails with `roleNotFound`, `roleBuiltIn`, `preconditionFailed`, or as `CreateRole` does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> TenantRole {
        let now = revise.clock.now()
        return try await revise.execute(.role(input.role), as: caller) { work throws(Failure) in
            let role = try await work.policies.requireOwn(input.role)
            try input.precondition.check(role.version)
            guard
                let (changed, event) = role.changed(
                    description: input.description, permissions: input.permissions, inherits: input.inherits, at: now)
            else { return role }
            try await work.policies.requireKnownRoles(changed.inherits, at: "/inherits")
            try await work.policies.save(changed)
            work.record(event)
            return changed
        }
    }
}

/// Takes a role of the tenant away that nobody has.
public struct DeleteRole: Sendable {
    public static let permission = RevisePolicies.permission

    public struct Input: Sendable {
        public let role: Role
        public let precondition: Precondition

        public init(role: Role, if precondition: Precondition = .none) {
            self.role = role
            self.precondition = precondition
        }
    }

    private let revise: RevisePolicies

    init(_ revise: RevisePolicies) {
        self.revise = revise
    }

    /// Fails with `roleNotFound`, `roleBuiltIn`, `roleInUse` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await revise.execute(.role(input.role), as: caller) { work throws(Failure) in
            let role = try await work.policies.requireOwn(input.role)
            try input.precondition.check(role.version)
            let heirs = try await work.policies.roles().filter { $0.inherits.contains(input.role) }
            let users = try await work.users.users(PageRequest(limit: 1), matching: UserFilter(role: input.role))
            if let heir = heirs.first { throw Failure(.roleInUse, "The role \(heir.role.name) inherits it.") }
            guard users.items.isEmpty else { throw Failure(.roleInUse, "Users have it.") }
            if let connection = try await work.sso.connection(reaching: input.role) {
                throw Failure(.roleInUse, "The single sign-on connection \(connection.name.text) gives it.")
            }
            try await work.policies.remove(input.role)
            work.record(role.removal)
        }
    }
}

extension PolicyStore {
    /// A role that the tenant has made. Fails with `roleNotFound`, and with `roleBuiltIn` for the others.
    fileprivate func requireOwn(_ role: Role) async throws(Failure) -> TenantRole {
        guard !role.isReserved else { throw Failure(.roleBuiltIn, "\(role.name) is a built-in role.") }
        guard let found = try await self.role(role) else { throw Failure(.roleNotFound, "No such role.") }
        return found
    }
}

extension SSOConnectionStore {
    /// One over which somebody can come to the role; nil where there is none.
    fileprivate func connection(reaching role: Role) async throws(Failure) -> SSOConnection? {
        var start: PageRequest.Start? = .first
        while let next = start {
            let page = try await connections(PageRequest(next, limit: PageRequest.maximumLimit))
            if let found = page.items.first(where: { $0.settings.reachedRoles.contains(role) }) { return found }
            start = page.next.map { .after($0) }
        }
        return nil
    }
}
