internal import TenonApplication
internal import TenonDomain

/// `POST /policies`
struct CreatePolicyEndpoint: Endpoint {
    static let operation = Operation(
        "createPolicy", .post, "/policies", tag: "Access", summary: "Make a policy",
        description: """
            Rules in Casbin's language, such as `p, role:support, configs, read, allow`. Without a `model` of its own the
            policy is over the standard model, and in force at once and everywhere within a second unless its status is
            `disabled`. What cannot be read is refused with its line and column.
            """,
        access: .permission(CreatePolicy.permission), success: .created,
        failures: [.policyNameTaken, .tooManyPolicies, .policyInterference], takesIdempotencyKey: true, isHeavy: true)

    struct Body: RequestBody {
        let name: DisplayName
        let description: Description?
        let rules: PolicyText
        let model: PolicyText?
        let status: PolicyStatus?

        static var exampleMembers: Set<String> { ["status"] }

        init(from fields: inout FieldReader) {
            name = fields.required("name")
            description = fields.optional("description")
            rules = fields.required("rules")
            model = fields.optional("model")
            status = fields.optional("status")
        }
    }

    private let create: CreatePolicy

    init(_ create: CreatePolicy) {
        self.create = create
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<PolicyReply> {
        let body = request.body
        let reply = PolicyReply(
            policy: try await create.execute(
                PolicyContent(
                    name: body.name, description: body.description, rules: body.rules, model: body.model,
                    status: body.status ?? .active),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag, location: reply.location)
    }
}

/// `GET /policies`
struct ListPoliciesEndpoint: Endpoint {
    static let operation = Operation(
        "listPolicies", .get, "/policies", tag: "Access", summary: "The tenant's policies, oldest first",
        description: """
            All policies of the caller's tenant, page by page.
            """,
        access: .permission(ListPolicies.permission), query: Paging.parameters)

    private let policies: ListPolicies
    private let paging: Paging

    init(_ policies: ListPolicies, paging: Paging) {
        self.policies = policies
        self.paging = paging
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageReply<PolicyReply>> {
        let list = "policies/\(try request.caller.requireTenant())"
        let wanted = try paging.request(request.query, of: list)
        let page = try await policies.execute(wanted, as: request.caller)
        return Answer(paging.reply(page, for: wanted, of: list, as: PolicyReply.init(policy:)))
    }
}

/// `GET /policies/{policy_id}`
struct GetPolicyEndpoint: Endpoint {
    static let operation = Operation(
        "getPolicy", .get, "/policies/{policy_id}", tag: "Access", summary: "One policy",
        description: """
            With its rules and its model.
            """,
        access: .permission(GetPolicy.permission), failures: [.policyNotFound])

    private let get: GetPolicy

    init(_ get: GetPolicy) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PolicyReply> {
        let reply = PolicyReply(policy: try await get.execute(try request.policyID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

/// `PATCH /policies/{policy_id}`
struct UpdatePolicyEndpoint: Endpoint {
    static let operation = Operation(
        "updatePolicy", .patch, "/policies/{policy_id}", tag: "Access", summary: "Change a policy",
        description: """
            A merge patch (RFC 7396). What cannot be read is refused with its line and column, and what stood stays in
            force. `If-Match` is honoured.
            """,
        access: .permission(UpdatePolicy.permission),
        failures: [.policyNotFound, .policyNameTaken, .policyInterference, .preconditionFailed], isHeavy: true)

    struct Body: RequestBody {
        let patch: PolicyPatch

        static var exampleMembers: Set<String> { ["rules"] }

        init(from fields: inout FieldReader) {
            patch = PolicyPatch(
                name: fields.optional("name"), description: fields.patched("description"),
                rules: fields.optional("rules"), model: fields.patched("model"), status: fields.optional("status"))
        }
    }

    private let update: UpdatePolicy

    init(_ update: UpdatePolicy) {
        self.update = update
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<PolicyReply> {
        let reply = PolicyReply(
            policy: try await update.execute(
                UpdatePolicy.Input(id: try request.policyID, request.body.patch, if: request.precondition),
                as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

/// `DELETE /policies/{policy_id}`
struct DeletePolicyEndpoint: Endpoint {
    static let operation = Operation(
        "deletePolicy", .delete, "/policies/{policy_id}", tag: "Access", summary: "Take a policy away",
        description: """
            Its rules are out of force at once, and everywhere within a second. `If-Match` is honoured.
            """,
        access: .permission(DeletePolicy.permission), success: .noContent,
        failures: [.policyNotFound, .policyInterference, .preconditionFailed])

    private let delete: DeletePolicy

    init(_ delete: DeletePolicy) {
        self.delete = delete
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        try await delete.execute(
            DeletePolicy.Input(id: try request.policyID, if: request.precondition), as: request.caller)
        return Answer(NoReply())
    }
}

extension EndpointRequest {
    /// The captured `{policy_id}`.
    fileprivate var policyID: PolicyID {
        get throws(Failure) { try path("policy_id", orFail: .policyNotFound) { PolicyID($0) } }
    }
}
