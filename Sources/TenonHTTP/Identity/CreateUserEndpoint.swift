internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `POST /users`
struct CreateUserEndpoint: Endpoint {
    static let operation = Operation(
        "createUser", .post, "/users", tag: "Identity", summary: "Make a user of the caller's tenant",
        description: """
            Without a password the user chooses one: the event `identity.password_reset_requested` carries the token. Without roles the user is a `member`. Only an owner makes owners, and only a user who has signed in sets a password. A repeat is answered 409 `email_taken`.
            """, access: .permission(CreateUser.permission), success: .created,
        failures: [.emailTaken, .usernameTaken, .hashingOverloaded])

    struct Body: RequestBody {
        let email: EmailAddress
        let username: Username?
        let name: PersonName
        let password: NewPassword?
        let roles: Roles?

        static var exampleMembers: Set<String> { ["username", "full_name", "roles"] }

        init(from fields: inout FieldReader) {
            email = fields.required("email")
            username = fields.optional("username")
            name = PersonName(
                full: fields.optional("full_name"), first: fields.optional("first_name"),
                last: fields.optional("last_name"))
            password = fields.optional("password")
            roles = fields.optional("roles")
        }
    }

    private let create: CreateUser

    init(_ create: CreateUser) {
        self.create = create
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<UserReply> {
        let body = request.body
        let user = try await create.execute(
            CreateUser.Input(
                email: body.email, username: body.username, name: body.name, password: body.password?.secret,
                roles: body.roles?.roles ?? [.member]),
            as: request.caller)
        let reply = UserReply(user: user)
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}

/// Roles of a user, as a request gives them.
struct Roles: FieldValue {
    private static let maxCount = 20
    let roles: Set<Role>

    init(field value: JSONValue) throws(Failure) {
        guard let items = value.arrayValue else {
            throw .invalid("wrong_type", "This is an array of roles, not \(value.kindName).")
        }
        guard items.count <= Self.maxCount else {
            throw .invalid("too_many", "A user has at most \(Self.maxCount) roles.")
        }
        var roles: Set<Role> = []
        for (index, item) in items.enumerated() {
            do {
                roles.insert(try Role(field: item))
            } catch {
                throw .invalid(error.violations.map { $0.nested(under: "/\(index)") })
            }
        }
        self.roles = roles
    }

    private init(_ roles: Set<Role>) {
        self.roles = roles
    }

    static var schema: JSONValue {
        ["type": "array", "items": Role.schema, "maxItems": .number(JSONNumber(Int64(maxCount)))]
    }
    static var example: Roles { Roles([.member]) }
    static var exampleJSON: JSONValue { ["member"] }
}
