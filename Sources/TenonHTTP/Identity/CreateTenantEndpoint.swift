internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /tenants`
struct CreateTenantEndpoint: Endpoint {
    static let operation = Operation(
        "createTenant", .post, "/tenants", tag: "Identity", summary: "Make a tenant",
        description: """
            For administrators of the platform. The slug is the nearest one to the name unless it is given; it is unique on the platform, so that a repeat of the request makes no second tenant. Where an owner is named, the account is made without a password. With isolation `database` the answer is 202: the tenant is `provisioning` until its database is there.
            """,
        access: .platform(CreateTenant.permission), success: .created,
        failures: [.slugTaken], otherAnswers: [.accepted])

    struct Body: RequestBody {
        let name: DisplayName
        let slug: TenantSlug
        let plan: TenantPlan?
        let isolation: TenantIsolation?
        let owner: FirstOwner?

        static var exampleMembers: Set<String> { ["slug", "plan", "owner_email", "owner_name"] }

        init(from fields: inout FieldReader) {
            let name: DisplayName = fields.required("name")
            self.name = name
            let slug: TenantSlug? = fields.optional("slug")
            plan = fields.optional("plan")
            isolation = fields.optional("isolation")
            let email: EmailAddress? = fields.optional("owner_email")
            let ownerName: DisplayName? = fields.optional("owner_name")
            self.slug = fields.derived(orPlaceholder: .example) { () throws(Failure) in
                guard let slug = slug ?? TenantSlug(nearestTo: name.text) else {
                    throw .invalid("invalid_slug", "No slug is near to this name: send one.", at: "/slug")
                }
                return slug
            }
            owner = fields.derived(orPlaceholder: nil) { () throws(Failure) in
                guard email != nil || ownerName == nil else {
                    throw .invalid("missing", "owner_email is required with owner_name.", at: "/owner_email")
                }
                return email.map { FirstOwner(email: $0, name: ownerName) }
            }
        }
    }

    private let create: CreateTenant

    init(_ create: CreateTenant) {
        self.create = create
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<TenantReply> {
        let body = request.body
        let tenant = try await create.execute(
            CreateTenant.Input(
                name: body.name, slug: body.slug, plan: body.plan, isolation: body.isolation ?? .shared,
                owner: body.owner),
            as: request.caller)
        let reply = TenantReply(tenant: tenant)
        return Answer(
            reply, status: tenant.status == .provisioning ? .accepted : .created, entityTag: reply.entityTag,
            location: reply.location)
    }
}
