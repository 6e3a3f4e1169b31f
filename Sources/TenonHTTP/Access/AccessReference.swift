public import TenonDomain
public import TenonHTTPServer

/// `docs/access.md`: the permissions of every operation, from the catalog and the built-in roles.
public struct AccessReference: Sendable {
    /// One operation and the callers that pass its access rule.
    struct Row: Sendable, Equatable {
        let operation: String
        let method: String
        let path: String
        let needs: String
        /// In the order of `columns`.
        let isAllowed: [Bool]
    }

    /// The callers: a user of a tenant with each built-in role, one without any, a platform administrator, and an API
    /// key whose scope is the permission.
    static let columns = Role.builtIn.map(\.name) + ["no role", "platform administrator", "API key"]

    private let catalog: EndpointCatalog
    private let authorizer: any Authorizer

    public init(_ catalog: EndpointCatalog, authorizer: any Authorizer) {
        self.catalog = catalog
        self.authorizer = authorizer
    }

    var rows: [Row] {
        catalog.operations.map { operation in
            Row(
                operation: operation.id, method: operation.method.rawValue, path: operation.canonicalPath,
                needs: Self.needs(operation.access), isAllowed: isAllowed(operation.access))
        }
    }

    public var markdown: String {
        let marks = rows.map { row in
            "| `\(row.method) \(row.path)` | `\(row.operation)` | \(row.needs) | "
                + row.isAllowed.map { $0 ? "yes" : "no" }.joined(separator: " | ") + " |\n"
        }
        return """
            # Access to each operation

            This file is generated from the operations and the built-in roles by `tenon access > docs/access.md`. A \
            tenant's own roles and policies add to it ([policies.md](policies.md)); an API key may do what its scopes name. \
            Unauthenticated callers get 401, callers without the permission 403, and another tenant's resources are not \
            found (404). Some operations check more than the permission: only owners can change owners.

            | operation | id | needs | \(Self.columns.joined(separator: " | ")) |
            | --- | --- | --- |\(String(repeating: " --- |", count: Self.columns.count))

            """ + marks.joined()
    }

    private static func needs(_ access: AccessRule) -> String {
        switch access {
        case .open: "nothing"
        case .signedIn: "a user"
        case .authenticated: "credentials"
        case .permission(let permission): "`\(permission.name)`"
        case .platform(let permission): "`\(permission.name)` of the platform"
        }
    }

    private func isAllowed(_ access: AccessRule) -> [Bool] {
        let users = Role.builtIn.map { [$0] } + [[]]
        switch access {
        case .open, .authenticated: return Self.columns.map { _ in true }
        case .signedIn: return users.map { _ in true } + [true, false]
        case .platform(let permission): return users.map { _ in false } + [allows(permission, administrator), false]
        case .permission(let permission):
            return users.map { allows(permission, .user(user(Set($0), TenantID(high: 1, low: 1)))) }
                + [allows(permission, administrator), !permission.isOfPlatform]
        }
    }

    private var administrator: Principal { .platformAdministrator(user([.platformAdministrator], .platform)) }

    private func user(_ roles: Set<Role>, _ tenant: TenantID) -> SignedInUser {
        SignedInUser(
            id: UserID(high: 1, low: 1), tenant: tenant, session: SessionID(high: 1, low: 1), roles: roles)
    }

    private func allows(_ permission: Permission, _ principal: Principal) -> Bool {
        authorizer.allows(permission, for: Caller(principal, from: Origin(requestID: "access")))
    }
}
