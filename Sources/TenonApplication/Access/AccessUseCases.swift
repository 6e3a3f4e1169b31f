internal import TenonDomain

/// The use cases of the context.
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
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, clock: clock,
            audited: AuditedValues(digests: ports.digests))
        createRole = CreateRole(revise: revise)
        listRoles = ListRoles(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        getRole = GetRole(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        updateRole = UpdateRole(revise: revise)
        deleteRole = DeleteRole(revise: revise)
        createPolicy = CreatePolicy(revise: revise, identifiers: ports.identifiers)
        listPolicies = ListPolicies(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        getPolicy = GetPolicy(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        updatePolicy = UpdatePolicy(revise: revise)
        deletePolicy = DeletePolicy(revise: revise)
        explainAccess = ExplainAccess(stores: Reads(transactions) { $0 }, authorizer: authorizer, clock: clock)
        getSubjectPermissions = GetSubjectPermissions(
            stores: Reads(transactions) { $0 }, authorizer: authorizer, clock: clock)
    }
}
