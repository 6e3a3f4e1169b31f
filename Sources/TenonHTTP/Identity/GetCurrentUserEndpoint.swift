internal import TenonApplication
internal import TenonDomain

/// `GET /auth/me`
struct GetCurrentUserEndpoint: Endpoint {
    static let operation = Operation(
        "getCurrentUser", .get, "/auth/me", tag: "Identity",
        summary: "The caller's user, tenant, roles and effective permissions",
        description: """
            What the access token stands for, as it is stored now, and what its roles allow.
            """, access: .signedIn)

    struct Reply: ReplyBody {
        let user: UserReply
        let tenant: TenantReply?
        let permissions: [String]

        func write(to fields: inout FieldWriter) {
            fields.field("user", user)
            fields.field("tenant", tenant)
            fields.field("roles", user.user.roles.sorted { $0.name < $1.name })
            fields.field("permissions", permissions)
        }

        static var example: Reply {
            Reply(user: .example, tenant: .example, permissions: [Permission.configsRead.name])
        }
    }

    private let current: GetCurrentUser

    init(_ current: GetCurrentUser) {
        self.current = current
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        let found = try await current.execute(as: request.caller)
        return Answer(
            Reply(
                user: UserReply(user: found.user), tenant: found.tenant.map({ TenantReply(tenant: $0) }),
                permissions: found.permissions.map(\.name).sorted()),
            caching: .none)
    }
}
