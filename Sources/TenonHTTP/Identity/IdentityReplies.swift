internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

/// A tenant as its members see it.
struct TenantReply: ReplyBody {
    let tenant: Tenant
    /// Shown of a single tenant that has a database of its own.
    var database: TenantDatabase.State?

    func write(to fields: inout FieldWriter) {
        fields.field("id", tenant.id)
        fields.field("slug", tenant.slug.text)
        fields.field("name", tenant.name.text)
        fields.field("plan", tenant.plan)
        fields.field("isolation", tenant.isolation)
        fields.field("status", tenant.status)
        fields.field("database_state", database)
        fields.field("deletes_at", tenant.deletesAt)
        fields.field("created_at", tenant.createdAt)
        fields.field("updated_at", tenant.updatedAt)
    }

    static var example: TenantReply {
        TenantReply(
            tenant: Tenant.register(
                id: .example, slug: .example, name: .example, plan: .professional, at: .example
            ).0)
    }
}

extension TenantReply {
    var entityTag: EntityTag { EntityTag(version: tenant.version) }
    var location: String { "/api/v1/tenants/\(tenant.id)" }
}

/// A user; never with anything of the password.
struct UserReply: ReplyBody {
    let user: User

    func write(to fields: inout FieldWriter) {
        fields.field("id", user.id)
        fields.field("tenant_id", user.tenant == .platform ? nil : user.tenant)
        fields.field("email", user.email.text)
        fields.field("username", user.username?.text)
        fields.field("full_name", user.name.full?.text)
        fields.field("first_name", user.name.first?.text)
        fields.field("last_name", user.name.last?.text)
        fields.field("roles", user.roles.sorted { $0.name < $1.name })
        fields.field("status", user.status)
        fields.field("created_at", user.createdAt)
        fields.field("updated_at", user.updatedAt)
    }

    static var example: UserReply {
        UserReply(
            user: User.register(
                id: .example, tenant: .example, email: .example,
                name: PersonName(full: .example), passwordHash: nil, roles: [.owner], at: .example
            ).0)
    }

    var entityTag: EntityTag { EntityTag(version: user.version) }
    var location: String { "/api/v1/users/\(user.id)" }
}

/// Seed 004's shape of tokens.
struct TokenReply: ReplyBody {
    let tokens: TokenPair

    func write(to fields: inout FieldWriter) {
        fields.field("access_token", tokens.access)
        fields.field("refresh_token", tokens.refresh.revealedText())
        fields.field("token_type", "bearer")
        fields.field("expires_in", tokens.expiresIn.milliseconds / 1000)
    }

    static var example: TokenReply {
        TokenReply(
            tokens: TokenPair(access: "eyJ0eXAiOiJhdCtqd3Qi…", refresh: Secret("tnr_…".utf8), expiresIn: .seconds(1800))
        )
    }
}

/// Seed 002's shape of tokens.
struct TokenPairReply: ReplyBody {
    let tokens: TokenPair

    func write(to fields: inout FieldWriter) {
        fields.field("access", tokens.access)
        fields.field("refresh", tokens.refresh.revealedText())
    }

    static var example: TokenPairReply { TokenPairReply(tokens: TokenReply.example.tokens) }
}

extension Role: ReplyValue, TextFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(name) }

    package static var schema: JSONValue { ["type": "string", "pattern": "^[a-z0-9][a-z0-9_-]{0,62}$"] }
    package static var exampleText: String { "owner" }
}

extension TenantPlan: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension TenantIsolation: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension TenantStatus: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension TenantDatabase.State: ReplyValue, ChoiceFieldValue {
    func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension UserStatus: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}
