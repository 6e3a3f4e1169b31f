internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension PathParameter<TenantID> {
    static var tenant: Self {
        PathParameter(name: "tenant_id", description: "The tenant's id.", failure: .tenantNotFound)
    }
}

/// A tenant as visible to its members.
struct TenantView: Presented {
    let tenant: Tenant
    /// Only for a single tenant with its own database.
    let database: TenantDatabase.State?

    init(_ tenant: Tenant, database: TenantDatabase.State? = nil) {
        self.tenant = tenant
        self.database = database
    }

    fileprivate static let slug = member("slug") { $0.tenant.slug }
    fileprivate static let name = member("name") { $0.tenant.name }
    fileprivate static let plan = member("plan") { $0.tenant.plan }
    fileprivate static let isolation = member("isolation") { $0.tenant.isolation }

    static let fields = Fields<TenantView>(
        "TenantReply",
        example: TenantView(
            Tenant.register(id: .example, slug: .example, name: .example, plan: .professional, at: .example).0),
        member("id") { $0.tenant.id }, slug, name, plan, isolation, member("status") { $0.tenant.status },
        member("database_state") { $0.database }, member("deletes_at") { $0.tenant.deletesAt },
        member("created_at") { $0.tenant.createdAt }, member("updated_at") { $0.tenant.updatedAt })

    var entityTag: EntityTag? { EntityTag(version: tenant.version) }
}

extension UpdateTenant.Standing: ChoiceFieldValue {}

extension CreateTenant.Input {
    fileprivate init(from fields: inout FieldReader) {
        let name = fields.required(TenantView.name)
        let given = fields.optional(TenantView.slug)
        let (plan, isolation) = (fields.optional(TenantView.plan), fields.optional(TenantView.isolation))
        let email: EmailAddress? = fields.optional("owner_email")
        let ownerName: DisplayName? = fields.optional("owner_name")
        let slug = fields.derived(orPlaceholder: TenantSlug.example) { () throws(Failure) in
            guard let slug = given ?? TenantSlug(nearestTo: name.text) else {
                throw .invalid("invalid_slug", "Cannot derive a slug from this name; send `slug`.", at: "/slug")
            }
            return slug
        }
        let owner: FirstOwner? = fields.derived(orPlaceholder: nil) { () throws(Failure) in
            guard email != nil || ownerName == nil else {
                throw .invalid("missing", "required with owner_name", at: "/owner_email")
            }
            return email.map { FirstOwner(email: $0, name: ownerName) }
        }
        self.init(name: name, slug: slug, plan: plan, isolation: isolation ?? .shared, owner: owner)
    }
}

extension EndpointCatalog {
    mutating func addTenants(_ useCases: TenantUseCases, paging: Paging) {
        let tenants = Resource<TenantView, TenantID>("/tenants", .tenant, tag: "Identity")
        let update = BodyReading<Target<TenantID>, UpdateTenant.Input>(showing: ["name"]) { fields, target in
            UpdateTenant.Input(
                id: target.id, name: fields.optional(TenantView.name), plan: fields.optional(TenantView.plan),
                standing: fields.optional("status"), if: target.condition)
        }
        add(
            tenants.create(
                "createTenant", "Create a tenant",
                """
                For platform administrators. The slug is derived from the name unless it is given; it is unique on the platform, so that a repeat of the request creates no second tenant. If an owner is named, the account is created without a password. With isolation `database` the response is 202: the tenant is `provisioning` until its database is ready.
                """, for: .platform(CreateTenant.permission), failures: [.slugTaken], otherAnswers: [.accepted],
                body: BodyReading(showing: ["slug", "plan", "owner_email", "owner_name"]) { fields, _ in
                    CreateTenant.Input(from: &fields)
                }, key: \.tenant.id, status: { $0.tenant.status == .provisioning ? .accepted : nil }
            ) { input, caller throws(Failure) in
                TenantView(try await useCases.createTenant.execute(input, as: caller))
            })
        add(
            tenants.list(
                "listTenants", "List tenants by slug",
                "All tenants for platform administrators, page by page; only their own for other callers.",
                for: .permission(ListTenants.permission), paging,
                filters: [
                    QueryParameter("status", "Only tenants with this status.", schema: TenantStatus.schema),
                    QueryParameter("plan", "Only tenants with this plan.", schema: TenantPlan.schema),
                    QueryParameter(
                        "q", "Only tenants whose slug begins with this text.", schema: TenantSlugPrefix.rule.schema),
                ]
            ) { page, query, caller throws(Failure) in
                let filter = TenantFilter(
                    status: try query.choice("status"), plan: try query.choice("plan"),
                    slugPrefix: try query.value("q"))
                return try await useCases.listTenants.execute(ListTenants.Input(filter, page: page), as: caller)
                    .map { TenantView($0) }
            })
        add(
            tenants.get(
                "getTenant", "Get a tenant",
                """
                The caller's own, or any for platform administrators. Shows the progress of a creation or deletion,
                and in `database_state` the state of its own database.
                """, for: .permission(GetTenant.permission)
            ) { id, caller throws(Failure) in
                let found = try await useCases.getTenant.execute(id, as: caller)
                return TenantView(found.tenant, database: found.database)
            })
        add(
            tenants.update(
                "updateTenant", "Update a tenant",
                """
                A merge patch (RFC 7396). The tenant's own administrators can change its name. Platform administrators can also change its plan, suspend it (`status` `suspended`: its users and API keys get 403 `tenant_suspended` within a second, everywhere) and resume it (`active`). A tenant that is being deleted returns 409 until it is restored. Slug and isolation never change. Supports `If-Match`.
                """, for: .permission(UpdateTenant.permission), failures: [.tenantStatusConflict], body: update
            ) { input, caller throws(Failure) in
                TenantView(try await useCases.updateTenant.execute(input, as: caller))
            })
        addTenantDeletion(useCases)
    }

    /// A deletion has a grace period, so it returns the tenant.
    private mutating func addTenantDeletion(_ useCases: TenantUseCases) {
        add(
            Entry(
                Operation(
                    "deleteTenant", .delete, "/tenants/\(.tenant)", tag: "Identity",
                    summary: "Delete a tenant after a grace period",
                    description: """
                        For platform administrators. The tenant is locked at once (403 `tenant_deleting`) and can be restored until `deletes_at`. Then its keys are destroyed, its rows are deleted, and its slug is free. The audit log stays, except for a tenant with its own database, whose audit log is deleted with the database: export it first. Supports `If-Match`.
                        """, access: .platform(DeleteTenant.permission), success: .accepted,
                    failures: [.tenantNotFound, .preconditionFailed])
            ) { request throws(Failure) in
                let target = try request.target(.tenant)
                let tenant = TenantView(
                    try await useCases.deleteTenant.execute(
                        DeleteTenant.Input(id: target.id, if: target.condition), as: request.caller))
                return Answer(Presentation(tenant), entityTag: tenant.entityTag)
            })
        add(
            Entry(
                Operation(
                    "restoreTenant", .post, "/tenants/\(.tenant)/restore", tag: "Identity",
                    summary: "Restore a tenant that is being deleted",
                    description: """
                        For platform administrators, until `deletes_at`. A tenant that was suspended before is suspended again. Supports `If-Match`.
                        """, access: .platform(RestoreTenant.permission),
                    failures: [.tenantNotFound, .tenantStatusConflict, .tenantGraceOver, .preconditionFailed])
            ) { request throws(Failure) in
                let target = try request.target(.tenant)
                let tenant = TenantView(
                    try await useCases.restoreTenant.execute(
                        RestoreTenant.Input(id: target.id, if: target.condition), as: request.caller))
                return Answer(Presentation(tenant), entityTag: tenant.entityTag)
            })
    }
}
