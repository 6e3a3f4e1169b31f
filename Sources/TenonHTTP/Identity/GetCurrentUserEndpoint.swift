internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /auth/me`
struct GetCurrentUserEndpoint: Endpoint {
    static let operation = Operation(
        "getCurrentUser", .get, "/auth/me", tag: "Identity",
        summary: "Get the caller: user or API key, tenant, roles and effective permissions",
        description: """
            The current state of the credentials' owner, and its permissions. A user gets `user` and `roles`, an API key `api_key`.
            """, access: .authenticated)

    struct Reply: ReplyBody {
        let user: Presentation<User>?
        let key: CurrentKeyReply?
        let tenant: Presentation<TenantView>?
        let permissions: [String]

        init(_ found: GetCurrentUser.Output) {
            let permissions = found.permissions.map(\.name).sorted()
            let tenant = found.tenant.map { Presentation(TenantView($0)) }
            switch found.holder {
            case .user(let user):
                self.init(user: Presentation(user), key: nil, tenant: tenant, permissions: permissions)
            case .apiKey(let key):
                self.init(user: nil, key: CurrentKeyReply(key: key), tenant: tenant, permissions: permissions)
            }
        }

        private init(
            user: Presentation<User>?, key: CurrentKeyReply?, tenant: Presentation<TenantView>?, permissions: [String]
        ) {
            self.user = user
            self.key = key
            self.tenant = tenant
            self.permissions = permissions
        }

        func write(to fields: inout FieldWriter) {
            fields.field("user", ifPresent: user)
            fields.field("api_key", ifPresent: key)
            fields.field("tenant", tenant)
            fields.field("roles", ifPresent: user?.entity.roles.sorted { $0.name < $1.name })
            fields.field("permissions", permissions)
        }

        static var example: Reply {
            Reply(user: .example, key: nil, tenant: .example, permissions: [Permission.configsRead.name])
        }
    }

    /// An API key in its own response.
    struct CurrentKeyReply: ReplyBody {
        let key: APIKey

        func write(to fields: inout FieldWriter) {
            fields.field("id", key.id)
            fields.field("name", key.terms.name.text)
            fields.field("expires_at", key.terms.expiresAt)
        }

        static var example: CurrentKeyReply { CurrentKeyReply(key: APIKey.example) }
    }

    private let current: GetCurrentUser

    init(_ current: GetCurrentUser) {
        self.current = current
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(try await current.execute(as: request.caller)), caching: .none)
    }
}
