internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /auth/register`, with the body of seed 000 or of seed 004.
struct RegisterTenantEndpoint: Endpoint {
    static let operation = Operation(
        "registerTenant", .post, "/auth/register", tag: "Identity",
        summary: "Register a tenant, its owner and the owner's first session",
        description: """
            Public, unless the operator has closed registration. The tenant's slug is derived from `name` or `organization`; without either, or if the name cannot be written in a-z, from the e-mail address and a random suffix. The user becomes the tenant's owner and is signed in. Without `name` and `organization` an e-mail address can register once; later attempts get `account_exists`.
            """, access: .open, success: .created,
        failures: [.registrationClosed, .tooManyAttempts, .slugTaken, .accountExists, .hashingOverloaded])

    struct Body: RequestBody {
        let organization: DisplayName?
        let email: EmailAddress
        let fullName: DisplayName?
        let password: NewPassword

        static var exampleMembers: Set<String> { ["name"] }

        init(from fields: inout FieldReader) {
            email = fields.required("email")
            password = fields.required("password")
            let name: DisplayName? = fields.optional("name")
            organization = fields.optional("organization") ?? name
            fullName = fields.optional("full_name")
        }
    }

    struct Reply: ReplyBody {
        let tokens: TokenReply
        let tenant: Presentation<TenantView>
        let user: Presentation<User>

        func write(to fields: inout FieldWriter) {
            tokens.write(to: &fields)
            fields.field("tenant", tenant)
            fields.field("user", user)
        }

        init(_ made: RegisterTenant.Output) {
            self.init(
                tokens: TokenReply(tokens: made.tokens), tenant: Presentation(TenantView(made.tenant)),
                user: Presentation(made.user))
        }

        private init(tokens: TokenReply, tenant: Presentation<TenantView>, user: Presentation<User>) {
            self.tokens = tokens
            self.tenant = tenant
            self.user = user
        }

        static var example: Reply { Reply(tokens: .example, tenant: .example, user: .example) }
    }

    private let register: RegisterTenant

    init(_ register: RegisterTenant) {
        self.register = register
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply> {
        let body = request.body
        let made = try await register.execute(
            RegisterTenant.Input(
                organization: body.organization, email: body.email, name: PersonName(full: body.fullName),
                password: body.password.secret),
            as: request.caller)
        return Answer(Reply(made), caching: .none)
    }
}
