public import TenonDomain

/// Creates a namespace for configuration entries.
public struct CreateNamespace: JoinsTransaction {
    public static let permission = Permission.namespacesWrite

    public struct Input: Sendable {
        public let name: NamespaceName
        public let description: Description?
        public let requiresIfMatch: Bool

        public init(name: NamespaceName, description: Description? = nil, requiresIfMatch: Bool = false) {
            self.name = name
            self.description = description
            self.requiresIfMatch = requiresIfMatch
        }
    }

    var transactions: Writes<any HasConfiguration & RecordsEvents>
    let authorizer: any Authorizer
    let identifiers: Identifiers
    let clock: any WallClock

    public func joining(_ transaction: OpenTransaction) -> Self {
        var joined = self
        joined.transactions = transactions.joining(transaction)
        return joined
    }

    /// Fails with `namespaceNameTaken`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Namespace {
        let tenant = try caller.requireTenant()
        let (namespace, created) = Namespace.create(
            id: identifiers.next(), tenant: tenant, name: input.name, description: input.description,
            requiresIfMatch: input.requiresIfMatch, by: caller.subject, at: clock.now())
        try authorizer.require(Self.permission, on: namespace, as: caller)
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.configuration.add(namespace)
            work.record(created)
        }
        return namespace
    }
}
