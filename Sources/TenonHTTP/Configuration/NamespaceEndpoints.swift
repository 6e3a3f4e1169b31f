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
                "createNamespace", "Make a namespace",
                """
                A namespace groups entries, such as one for each environment. Its name is unique within the tenant
                and never changes: references and command lines use it as an address.
                """, for: .permission(CreateNamespace.permission), failures: [.namespaceNameTaken],
                body: create, key: \.id, by: useCases.createNamespace
            ) { create, input, caller throws(Failure) in
                try await create.execute(input, as: caller)
            })
        add(
            namespaces.list(
                "listNamespaces", "The tenant's namespaces by name",
                "All namespaces of the caller's tenant, page by page.", for: .permission(ListNamespaces.permission),
                paging,
                filters: [QueryParameter("name", "Only the namespace of this name.", schema: NamespaceName.schema)]
            ) { page, query, caller throws(Failure) in
                try await useCases.listNamespaces.execute(
                    ListNamespaces.Input(filter: try query.value("name"), page: page), as: caller)
            })
        add(
            namespaces.get(
                "getNamespace", "One namespace",
                "Answers 404 for a namespace of another tenant as for one that does not exist.",
                for: .permission(GetNamespace.permission), run: useCases.getNamespace.execute))
        add(
            namespaces.update(
                "updateNamespace", "Change what a namespace says of itself",
                "A merge patch (RFC 7396). The name is an address and never changes. `If-Match` is honoured.",
                for: .permission(UpdateNamespace.permission), body: update, run: useCases.updateNamespace.execute))
        add(
            namespaces.delete(
                "deleteNamespace", "Take a namespace away for good",
                """
                Refused while it has entries, unless `force=true` deletes them too. Their histories go with it. `If-Match` is honoured.
                """, for: .permission(DeleteNamespace.permission),
                query: [
                    QueryParameter(
                        "force", "true deletes its entries with it.", schema: ["type": "boolean", "default": false])
                ], failures: [.namespaceNotEmpty, .preconditionFailed]
            ) { target, query, caller throws(Failure) in
                try await useCases.deleteNamespace.execute(
                    DeleteNamespace.Input(
                        id: target.id, isForced: try query.flag("force") ?? false, if: target.condition), as: caller)
            })
    }
}
