internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /policies/permissions`
struct GetSubjectPermissionsEndpoint: Endpoint {
    static let operation = Operation(
        "getSubjectPermissions", .get, "/policies/permissions", tag: "Access",
        summary: "List the permissions of a subject",
        description: """
            The permissions that the subject has on some resource, within the scopes of an API key, and the rules of the
            subject and of its roles.
            """,
        access: .permission(GetSubjectPermissions.permission),
        query: [QueryParameter("subject", "`user:usr_…`, `key:key_…` or `role:admin`.", schema: SubjectName.schema)],
        failures: [.userNotFound, .apiKeyNotFound], isHeavy: true)

    private let permissions: GetSubjectPermissions

    init(_ permissions: GetSubjectPermissions) {
        self.permissions = permissions
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<SubjectPermissionsReply> {
        guard let name = try request.query.value("subject", as: { text throws(Violation) in try SubjectName(text) })
        else { throw .invalid("missing", "required", at: "?subject") }
        let found = try await permissions.execute(name, as: request.caller)
        return Answer(
            SubjectPermissionsReply(
                subject: found.subject.name, permissions: found.permissions.map(\.name).sorted(),
                rules: found.rules.map { RuleReply(rule: $0) }),
            caching: .none)
    }
}
