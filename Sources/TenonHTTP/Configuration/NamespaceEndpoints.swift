internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension PathParameter<NamespaceID> {
    static var namespace: Self {
        PathParameter(name: "namespace_id", description: "The namespace's id.", failure: .namespaceNotFound)
    }
}

extension Namespace: Presented {
    fileprivate static let name = member("name") { $0.name }
    fileprivate static let description = member("description") { $0.description }
    fileprivate static let requiresIfMatch = member("require_if_match") { $0.requiresIfMatch }

    static let fields = Fields<Namespace>(
        "NamespaceReply", example: example,
        member("id") { $0.id }, member("tenant_id") { $0.tenant }, name, description, requiresIfMatch,
        member("revision") { $0.revision }, member("created_by") { $0.createdBy },
        member("created_at") { $0.createdAt }, member("updated_at") { $0.updatedAt })

    var entityTag: EntityTag? { EntityTag(version: revision) }

    static var example: Namespace {
        create(
            id: .example, tenant: .example, name: .example, description: .example,
            by: UserID.example.description, at: .example
        ).0
    }
}

extension EndpointCatalog {
    mutating func addNamespaces(_ useCases: ConfigurationUseCases, paging: Paging) {
        let namespaces = Resource<Namespace, NamespaceID>("/namespaces", .namespace, tag: "Configuration")
        let create = BodyReading<Void, CreateNamespace.Input>(
            showing: ["description", "require_if_match"]
        ) { fields, _ in
            CreateNamespace.Input(
                name: fields.required(Namespace.name), description: fields.optional(Namespace.description),
                requiresIfMatch: fields.optional(Namespace.requiresIfMatch) ?? false)
        }
        let update = BodyReading<Target<NamespaceID>, UpdateNamespace.Input>(
            showing: ["description", "require_if_match"]
        ) { fields, target in
            UpdateNamespace.Input(
                id: target.id, description: fields.patched(Namespace.description),
                requiresIfMatch: fields.optional(Namespace.requiresIfMatch), if: target.condition)
        }
        add(
            namespaces.createOnce(
                "createNamespace", "Create a namespace",
                """
                A namespace groups entries, for example one for each environment. Its name is unique within the tenant
                and never changes, because references and command lines use it as an address.
                """, for: .permission(CreateNamespace.permission), failures: [.namespaceNameTaken],
                body: create, key: \.id, by: useCases.createNamespace
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            namespaces.list(
                "listNamespaces", "List namespaces by name",
                "The namespaces of the caller's tenant that the caller may read, page by page.", paging,
                filters: [QueryParameter("name", "Only the namespace with this name.", schema: NamespaceName.schema)],
                by: useCases.listNamespaces
            ) { query throws(Failure) in
                try query.value("name")
            })
        add(
            namespaces.get(
                "getNamespace", "Get a namespace",
                "Returns 404 for a namespace that does not exist or belongs to another tenant.",
                by: useCases.getNamespace))
        add(
            namespaces.update(
                "updateNamespace", "Update a namespace",
                "A merge patch (RFC 7396). The name is an address and never changes. Supports `If-Match`.",
                for: .permission(UpdateNamespace.permission), body: update, run: useCases.updateNamespace.execute))
        add(
            namespaces.delete(
                "deleteNamespace", "Delete a namespace permanently",
                """
                Refused while it has entries, unless `force=true` deletes them too, with their histories. Supports `If-Match`.
                """, for: .permission(DeleteNamespace.permission),
                query: [
                    QueryParameter(
                        "force", "true also deletes its entries.", schema: ["type": "boolean", "default": false])
                ], failures: [.namespaceNotEmpty, .preconditionFailed]
            ) { target, query, caller throws(Failure) in
                try await useCases.deleteNamespace.execute(
                    DeleteNamespace.Input(
                        id: target.id, isForced: try query.flag("force") ?? false, if: target.condition), as: caller)
            })
    }
}
