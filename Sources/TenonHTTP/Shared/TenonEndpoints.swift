public import TenonApplication
public import TenonDomain
public import TenonHTTPServer
internal import TenonKit

/// What the endpoints are made of.
struct EndpointDependencies: Sendable {
    let useCases: UseCases
    let signer: any TokenSigner
    let paging: Paging
    let life: ServiceLife
    let metrics: ServiceMetrics
    let version: String
}

/// What a context adds to the API: its operations, all of which the documentation groups under the tag.
struct ContextEndpoints: Sendable {
    let tag: String
    let add: @Sendable (inout EndpointCatalog, EndpointDependencies) -> Void

    /// Every context, in the order of the documentation.
    static let all: [ContextEndpoints] = [.identity, .access, .configuration, .audit, .observability]
}

extension EndpointCatalog {
    /// All endpoints of Tenon. Traps where an operation has another tag than its context.
    public static func tenon(
        _ useCases: UseCases, signer: any TokenSigner, paging: Paging, life: ServiceLife, metrics: ServiceMetrics,
        documentation: DocumentationPages, version: String
    ) -> EndpointCatalog {
        let parts = EndpointDependencies(
            useCases: useCases, signer: signer, paging: paging, life: life, metrics: metrics, version: version)
        var catalog = EndpointCatalog(problemMembers: problemMembers)
        for context in ContextEndpoints.all {
            let known = catalog.operations.count
            context.add(&catalog, parts)
            for operation in catalog.operations[known...] where operation.tag != context.tag {
                preconditionFailure("\(operation.id) has the tag \(operation.tag), its context \(context.tag)")
            }
        }
        return catalog.documented(documentation)
    }

    private static var problemMembers: JSONObject {
        var members = JSONObject()
        members["tenants"] = [
            "type": "array", "items": TenantSlug.schema,
            "description": "For `tenant_required`: the slugs to choose from.",
        ]
        return members
    }
}
