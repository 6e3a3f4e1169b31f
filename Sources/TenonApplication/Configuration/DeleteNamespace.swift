public import TenonDomain

/// Takes a namespace away for good, with the histories of its entries.
public struct DeleteNamespace: Sendable {
    public static let permission = Permission.namespacesWrite

    public struct Input: Sendable {
        public let id: NamespaceID
        /// Also where it has entries.
        public let isForced: Bool
        public let precondition: Precondition

        public init(id: NamespaceID, isForced: Bool = false, if precondition: Precondition = .none) {
            self.id = id
            self.isForced = isForced
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasConfiguration & RecordsEvents>
    let authorizer: any Authorizer

    /// Fails with `namespaceNotFound`, `preconditionFailed`, and `namespaceNotEmpty` unless forced; deleted entries do
    /// not count.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await transactions.write(for: caller, revising: input.id) { work throws(Failure) in
            let namespace = try await work.configuration.revise(input.id, keys: []).namespace
            try authorizer.require(Self.permission, on: namespace, as: caller)
            try input.precondition.check(namespace.revision)
            let count = try await work.configuration.countEntries(in: input.id)
            guard count == 0 || input.isForced else {
                throw Failure(.namespaceNotEmpty, "The namespace \(namespace.name.text) has \(count) entries.")
            }
            try await work.configuration.remove(namespace)
            work.record(namespace.deleted(entries: count))
        }
    }
}
