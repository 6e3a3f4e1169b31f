internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonPolicy

/// A role; of a built-in one, version and times are null.
struct RoleReply: ReplyBody {
    let view: RoleView

    func write(to fields: inout FieldWriter) {
        fields.field("name", view.role.name)
        fields.field("description", view.description?.text)
        fields.field("permissions", view.permissions.map(\.name).sorted())
        fields.field("inherits", view.inherits.map(\.name).sorted())
        fields.field("built_in", view.own == nil)
        fields.field("version", view.own?.version)
        fields.field("created_by", view.own?.createdBy)
        fields.field("created_at", view.own?.createdAt)
        fields.field("updated_at", view.own?.updatedAt)
    }

    static var example: RoleReply {
        RoleReply(
            view: RoleView(
                TenantRole.create(
                    .example, of: .example, description: .example,
                    permissions: GrantedPermissions.example.permissions, inherits: InheritedRoles.example.roles,
                    by: UserID.example.description, at: .example
                ).0))
    }

    var entityTag: EntityTag? { view.own.map { EntityTag(version: $0.version) } }
    var location: String { "/api/v1/roles/\(view.role.name)" }
}

struct PolicyReply: ReplyBody {
    let policy: Policy

    func write(to fields: inout FieldWriter) {
        fields.field("id", policy.id)
        fields.field("tenant_id", policy.tenant)
        fields.field("name", policy.name.text)
        fields.field("description", policy.description?.text)
        fields.field("rules", policy.rules.text)
        fields.field("model", policy.model?.text)
        fields.field("status", policy.status)
        fields.field("version", policy.version)
        fields.field("created_by", policy.createdBy)
        fields.field("created_at", policy.createdAt)
        fields.field("updated_at", policy.updatedAt)
    }

    static var example: PolicyReply {
        PolicyReply(
            policy: Policy.create(
                id: .example, of: .example, PolicyContent(name: .example, rules: .example),
                by: UserID.example.description, at: .example
            ).0)
    }

    var entityTag: EntityTag { EntityTag(version: policy.version) }
    var location: String { "/api/v1/policies/\(policy.id)" }
}

/// A rule, and where it stands: `built_in`, `role:support`, or the id of a policy.
struct RuleReply: ReplyBody {
    let rule: ExplainAccess.Rule

    func write(to fields: inout FieldWriter) {
        fields.field("source", source)
        fields.field("line", Int64(rule.line))
        fields.field("rule", rule.text)
        fields.field("effect", effect)
    }

    private var source: String {
        switch rule.source {
        case .builtIn: "built_in"
        case .role(let role): "role:\(role.name)"
        case .policy(let id): id.description
        }
    }

    private var effect: String {
        switch rule.effect {
        case .allow: "allow"
        case .deny: "deny"
        case .indeterminate: "indeterminate"
        }
    }

    static var example: RuleReply {
        RuleReply(
            rule:
                ExplainAccess.Rule(
                    source: .builtIn, line: 1, text: "p, role:owner, *, *, allow, true", effect: .allow))
    }
}

/// What would be decided.
struct AccessDecisionReply: ReplyBody {
    let output: ExplainAccess.Output

    func write(to fields: inout FieldWriter) {
        fields.field("allowed", output.isAllowed)
        fields.field("reason", output.reason)
    }

    static var example: AccessDecisionReply { AccessDecisionReply(output: .example) }
}

/// What would be decided, and by which rules.
struct AccessExplanationReply: ReplyBody {
    let output: ExplainAccess.Output

    func write(to fields: inout FieldWriter) {
        fields.field("allowed", output.isAllowed)
        fields.field("reason", output.reason)
        fields.field("decided_by", output.decidedBy.map { RuleReply(rule: $0) })
        fields.field("matching", output.matching.map { RuleReply(rule: $0) })
    }

    static var example: AccessExplanationReply { AccessExplanationReply(output: .example) }
}

extension ExplainAccess.Output {
    static var example: ExplainAccess.Output {
        ExplainAccess.Output(
            isAllowed: true, decidedBy: RuleReply.example.rule, matching: [RuleReply.example.rule],
            reason: "A rule allows it.")
    }
}

/// What a subject may do.
struct SubjectPermissionsReply: ReplyBody {
    let subject: String
    let permissions: [String]
    let rules: [RuleReply]

    func write(to fields: inout FieldWriter) {
        fields.field("subject", subject)
        fields.field("permissions", permissions)
        fields.field("rules", rules)
    }

    static var example: SubjectPermissionsReply {
        SubjectPermissionsReply(subject: "role:owner", permissions: ["configs:read"], rules: [.example])
    }
}
