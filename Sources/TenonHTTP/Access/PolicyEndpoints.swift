internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

extension PathParameter<PolicyID> {
    static var policy: Self {
        PathParameter(name: "policy_id", description: "The policy's id.", failure: .policyNotFound)
    }
}

extension Policy: Presented {
    fileprivate static let name = member("name") { $0.name }
    fileprivate static let description = member("description") { $0.description }
    fileprivate static let rules = member("rules") { $0.rules }
    fileprivate static let model = member("model") { $0.model }
    fileprivate static let status = member("status") { $0.status }

    static let fields = Fields<Policy>(
        "PolicyReply",
        example: Policy.create(
            id: .example, of: .example, PolicyContent(name: .example, rules: .example),
            by: UserID.example.description, at: .example
        ).0,
        member("id") { $0.id }, member("tenant_id") { $0.tenant }, name, description, rules, model, status,
        member("version") { $0.version }, member("created_by") { $0.createdBy },
        member("created_at") { $0.createdAt }, member("updated_at") { $0.updatedAt })

    var entityTag: EntityTag? { EntityTag(version: version) }
}

extension EndpointCatalog {
    mutating func addPolicies(_ useCases: AccessUseCases, paging: Paging) {
        let policies = Resource<Policy, PolicyID>("/policies", .policy, tag: "Access")
        let create = BodyReading<Void, PolicyContent>(showing: ["status"]) { fields, _ in
            PolicyContent(
                name: fields.required(Policy.name), description: fields.optional(Policy.description),
                rules: fields.required(Policy.rules), model: fields.optional(Policy.model),
                status: fields.optional(Policy.status) ?? .active)
        }
        let update = BodyReading<Target<PolicyID>, UpdatePolicy.Input>(showing: ["rules"]) { fields, target in
            let patch = PolicyPatch(
                name: fields.optional(Policy.name), description: fields.patched(Policy.description),
                rules: fields.optional(Policy.rules), model: fields.patched(Policy.model),
                status: fields.optional(Policy.status))
            return UpdatePolicy.Input(id: target.id, patch, if: target.condition)
        }
        add(
            policies.createOnce(
                "createPolicy", "Create a policy",
                """
                Rules in Casbin's language, such as `p, role:support, configs, read, allow`. Without its own `model` the
                policy uses the standard model and takes effect within a second in all processes, unless its status is
                `disabled`. An invalid policy is refused with line and column.
                """, for: .permission(CreatePolicy.permission),
                failures: [.policyNameTaken, .tooManyPolicies, .policyInterference], isHeavy: true, body: create,
                key: \.id, by: useCases.createPolicy
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            policies.list(
                "listPolicies", "List policies, oldest first",
                "The policies of the caller's tenant that the caller may read, page by page.", paging,
                by: useCases.listPolicies))
        add(
            policies.get(
                "getPolicy", "Get a policy", "Includes its rules and its model.",
                by: useCases.getPolicy))
        add(
            policies.update(
                "updatePolicy", "Update a policy",
                """
                A merge patch (RFC 7396). An invalid policy is refused with line and column, and the old one stays active.
                Supports `If-Match`.
                """, for: .permission(UpdatePolicy.permission), failures: [.policyNameTaken, .policyInterference],
                isHeavy: true, body: update, run: useCases.updatePolicy.execute))
        add(
            policies.delete(
                "deletePolicy", "Delete a policy",
                "Takes effect within a second in all processes. Supports `If-Match`.",
                for: .permission(DeletePolicy.permission), failures: [.policyInterference, .preconditionFailed],
                isHeavy: true
            ) { target, _, caller throws(Failure) in
                try await useCases.deletePolicy.execute(
                    DeletePolicy.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
