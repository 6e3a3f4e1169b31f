public import TenonDomain

/// A role as it is shown: one of the tenant's, or a built-in one.
public struct RoleView: Sendable {
    public let role: Role
    public let description: Description?
    public let permissions: Set<Permission>
    public let inherits: Set<Role>
    /// Nil for a built-in one.
    public let own: TenantRole?

    public init(_ own: TenantRole) {
        role = own.role
        description = own.description
        permissions = own.permissions
        inherits = own.inherits
        self.own = own
    }

    /// What a built-in role may do all told.
    init(builtIn role: Role) {
        self.role = role
        description = nil
        permissions = role.builtInPermissions
        inherits = []
        own = nil
    }
}

/// The built-in roles and the tenant's, by name.
public struct ListRoles: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    public init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    public func execute(_ page: PageRequest, as caller: Caller) async throws(Failure) -> Page<RoleView> {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        let own = try await transactions.reads(for: caller).policies.roles().map { RoleView($0) }
        let all = (own + Role.builtIn.map(RoleView.init(builtIn:)))
            .sorted { $0.role.name.utf8.lexicographicallyPrecedes($1.role.name.utf8) }
        let rest = all.drop { role in
            !page.lowerBound.isEmpty && !page.lowerBound.utf8.lexicographicallyPrecedes(role.role.name.utf8)
        }
        return Page(
            overfull: Array(rest.dropFirst(page.offset).prefix(page.limit + 1)), for: page,
            total: page.isNumbered ? all.count : nil, sortKey: \.role.name)
    }
}

/// One role.
public struct GetRole: Sendable {
    public static let permission = Permission.policiesRead

    private let transactions: any Transactions
    private let authorizer: any Authorizer

    public init(transactions: any Transactions, authorizer: any Authorizer) {
        self.transactions = transactions
        self.authorizer = authorizer
    }

    /// Fails with `roleNotFound`.
    public func execute(_ role: Role, as caller: Caller) async throws(Failure) -> RoleView {
        try authorizer.require(Self.permission, on: TenantScope(try caller.requireTenant()), as: caller)
        if Role.builtIn.contains(role) { return RoleView(builtIn: role) }
        guard let found = try await transactions.reads(for: caller).policies.role(role) else {
            throw Failure(.roleNotFound, "No such role.")
        }
        return RoleView(found)
    }
}
