public import TenonDomain

/// One namespace by its id.
public struct GetNamespace: Sendable {
    public static let permission = Permission.namespacesRead

    let stores: Reads<any HasConfiguration>
    let authorizer: any Authorizer

    /// Fails with `namespaceNotFound`.
    public func execute(_ id: NamespaceID, as caller: Caller) async throws(Failure) -> Namespace {
        let namespace = try await stores.for(caller).configuration.namespace(id)
        try authorizer.require(Self.permission, on: namespace, as: caller)
        return namespace
    }
}
