internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

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
                "createPolicy", "Make a policy",
                """
                Rules in Casbin's language, such as `p, role:support, configs, read, allow`. Without a `model` of its own the
                policy is over the standard model, and in force at once and everywhere within a second unless its status is
                `disabled`. What cannot be read is refused with its line and column.
                """, for: .permission(CreatePolicy.permission),
                failures: [.policyNameTaken, .tooManyPolicies, .policyInterference], isHeavy: true, body: create,
                key: \.id, by: useCases.createPolicy
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            policies.list(
                "listPolicies", "The tenant's policies, oldest first",
                "All policies of the caller's tenant, page by page.", for: .permission(ListPolicies.permission), paging
            ) { page, _, caller throws(Failure) in
                try await useCases.listPolicies.execute(page, as: caller)
            })
        add(
            policies.get(
                "getPolicy", "One policy", "With its rules and its model.", for: .permission(GetPolicy.permission),
                run: useCases.getPolicy.execute))
        add(
            policies.update(
                "updatePolicy", "Change a policy",
                """
                A merge patch (RFC 7396). What cannot be read is refused with its line and column, and what stood stays in
                force. `If-Match` is honoured.
                """, for: .permission(UpdatePolicy.permission), failures: [.policyNameTaken, .policyInterference],
                isHeavy: true, body: update, run: useCases.updatePolicy.execute))
        add(
            policies.delete(
                "deletePolicy", "Take a policy away",
                "Its rules are out of force at once, and everywhere within a second. `If-Match` is honoured.",
                for: .permission(DeletePolicy.permission), failures: [.policyInterference, .preconditionFailed],
                isHeavy: true
            ) { target, _, caller throws(Failure) in
                try await useCases.deletePolicy.execute(
                    DeletePolicy.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
