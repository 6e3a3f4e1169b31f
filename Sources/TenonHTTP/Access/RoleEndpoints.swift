internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension PathParameter<Role> {
    static var role: Self {
        PathParameter(name: "role", description: "The role's name.", failure: .roleNotFound, example: "auditor")
    }
}

/// What a role grants.
enum GrantedPermissions: ListKind {
    typealias Element = Permission
    static let rule = ListRule(
        0...Permission.all.count, code: "too_many", example: [Permission.auditRead.name, Permission.policiesRead.name])
}

/// Roles that a role inherits.
enum InheritedRoles: ListKind {
    typealias Element = Role
    static let rule = ListRule(0...TenantRole.maxCount, code: "wrong_type", example: ["viewer"])
}

/// Of a built-in role, version and times are null.
extension RoleView: Presented {
    // The built-in roles have their names already.
    fileprivate static let name = member("name", example: "release-manager") { $0.role }
    fileprivate static let description = member("description") { $0.description }
    fileprivate static let permissions = member("permissions") { ListOf<GrantedPermissions>($0.permissions) }
    fileprivate static let inherits = member("inherits") { ListOf<InheritedRoles>($0.inherits) }

    static let fields = Fields<RoleView>(
        "RoleReply",
        example: RoleView(
            TenantRole.create(
                .example, of: .example, description: .example, permissions: [.auditRead, .policiesRead],
                inherits: [.viewer], by: UserID.example.description, at: .example
            ).0),
        name, description, permissions, inherits, member("built_in") { $0.own == nil },
        member("version") { $0.own?.version }, member("created_by") { $0.own?.createdBy },
        member("created_at") { $0.own?.createdAt }, member("updated_at") { $0.own?.updatedAt })

    var entityTag: EntityTag? { own.map { EntityTag(version: $0.version) } }
}

extension EndpointCatalog {
    mutating func addRoles(_ useCases: AccessUseCases, paging: Paging) {
        let roles = Resource<RoleView, Role>("/roles", .role, tag: "Access")
        let create = BodyReading<Void, CreateRole.Input>(
            showing: ["description", "permissions", "inherits"]
        ) { fields, _ in
            CreateRole.Input(
                role: fields.required(RoleView.name), description: fields.optional(RoleView.description),
                permissions: fields.optional(RoleView.permissions)?.set ?? [],
                inherits: fields.optional(RoleView.inherits)?.set ?? [])
        }
        let update = BodyReading<Target<Role>, UpdateRole.Input>(showing: ["permissions"]) { fields, target in
            UpdateRole.Input(
                role: target.id, description: fields.patched(RoleView.description),
                permissions: fields.optional(RoleView.permissions)?.set,
                inherits: fields.optional(RoleView.inherits)?.set, if: target.condition)
        }
        add(
            roles.createOnce(
                "createRole", "Create a role",
                """
                A role grants its own permissions and those of the roles that it inherits. Its name is an address and
                never changes.
                """, for: .permission(CreateRole.permission), failures: [.roleNameTaken, .tooManyRoles],
                isHeavy: true, body: create, key: \.role, by: useCases.createRole
            ) { create, input, caller throws(Failure) in
                RoleView(try await create.execute(input, as: caller))
            })
        add(
            roles.list(
                "listRoles", "List the built-in roles and the tenant's own, by name",
                "The roles of the caller's tenant that the caller may read, page by page.", paging,
                by: useCases.listRoles))
        add(
            roles.get(
                "getRole", "Get a role", "For a built-in role, includes all of its permissions.",
                by: useCases.getRole))
        add(
            roles.update(
                "updateRole", "Update a role",
                "A merge patch (RFC 7396): lists are replaced as a whole. Supports `If-Match`.",
                for: .permission(UpdateRole.permission), failures: [.roleBuiltIn, .policyInterference], isHeavy: true,
                body: update
            ) { input, caller throws(Failure) in
                RoleView(try await useCases.updateRole.execute(input, as: caller))
            })
        add(
            roles.delete(
                "deleteRole", "Delete a role",
                """
                Refused while users have it, other roles inherit it, or a single sign-on connection grants it. Supports `If-Match`.
                """, for: .permission(DeleteRole.permission),
                failures: [.roleBuiltIn, .roleInUse, .preconditionFailed], isHeavy: true
            ) { target, _, caller throws(Failure) in
                try await useCases.deleteRole.execute(
                    DeleteRole.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
