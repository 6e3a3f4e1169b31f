internal import TenonDomain

/// The use cases of the context, put together.
public struct AccessUseCases: Sendable {
    public let createRole: CreateRole
    public let listRoles: ListRoles
    public let getRole: GetRole
    public let updateRole: UpdateRole
    public let deleteRole: DeleteRole
    public let createPolicy: CreatePolicy
    public let listPolicies: ListPolicies
    public let getPolicy: GetPolicy
    public let updatePolicy: UpdatePolicy
    public let deletePolicy: DeletePolicy
    public let explainAccess: ExplainAccess
    public let getSubjectPermissions: GetSubjectPermissions

    public init(_ ports: Ports) {
        let (transactions, authorizer, clock) = (ports.transactions, ports.authorizer, ports.clock)
        let revise = RevisePolicies(
            transactions: transactions, authorizer: authorizer, clock: clock,
            audited: AuditedValues(digests: ports.digests))
        createRole = CreateRole(revise)
        listRoles = ListRoles(transactions: transactions, authorizer: authorizer)
        getRole = GetRole(transactions: transactions, authorizer: authorizer)
        updateRole = UpdateRole(revise)
        deleteRole = DeleteRole(revise)
        createPolicy = CreatePolicy(revise, identifiers: ports.identifiers)
        listPolicies = ListPolicies(transactions: transactions, authorizer: authorizer)
        getPolicy = GetPolicy(transactions: transactions, authorizer: authorizer)
        updatePolicy = UpdatePolicy(revise)
        deletePolicy = DeletePolicy(revise)
        explainAccess = ExplainAccess(transactions: transactions, authorizer: authorizer, clock: clock)
        getSubjectPermissions = GetSubjectPermissions(
            transactions: transactions, authorizer: authorizer, clock: clock)
    }
}
