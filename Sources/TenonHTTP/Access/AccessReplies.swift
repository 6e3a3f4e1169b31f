internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonPolicy

/// A rule and its source: `built_in`, `role:support`, or the id of a policy.
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

/// A hypothetical decision.
struct AccessDecisionReply: ReplyBody {
    let output: ExplainAccess.Output

    func write(to fields: inout FieldWriter) {
        fields.field("allowed", output.isAllowed)
        fields.field("reason", output.reason)
    }

    static var example: AccessDecisionReply { AccessDecisionReply(output: .example) }
}

/// A hypothetical decision, and the rules behind it.
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

/// The permissions of a subject.
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
