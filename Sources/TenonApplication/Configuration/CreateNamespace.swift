public import TenonDomain

/// Makes a namespace for configuration entries.
public struct CreateNamespace: Sendable {
    public static let permission = Permission.namespacesWrite

    public struct Input: Sendable {
        public let name: NamespaceName
        public let description: Description?
        public let requiresIfMatch: Bool

        public init(name: NamespaceName, description: Description?, requiresIfMatch: Bool = false) {
            self.name = name
            self.description = description
            self.requiresIfMatch = requiresIfMatch
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer
    private let identifiers: Identifiers
    private let clock: any WallClock

    init(
        transactions: any Transactions, authorizer: any Authorizer, identifiers: Identifiers, clock: any WallClock
    ) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.identifiers = identifiers
        self.clock = clock
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
