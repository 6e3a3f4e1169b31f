public import TenonDomain
public import TenonKit

/// Updates a namespace. Its name is part of addresses and does not change.
public struct UpdateNamespace: Sendable {
    public static let permission = Permission.namespacesWrite

    public struct Input: Sendable {
        public let id: NamespaceID
        public let description: PatchMember<Description>
        public let requiresIfMatch: Bool?
        public let precondition: Precondition

        public init(
            id: NamespaceID, description: PatchMember<Description> = .absent, requiresIfMatch: Bool? = nil,
            if precondition: Precondition = .none
        ) {
            self.id = id
            self.description = description
            self.requiresIfMatch = requiresIfMatch
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasConfiguration & RecordsEvents>
    let authorizer: any Authorizer
    let clock: any WallClock

    /// Fails with `namespaceNotFound` or `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Namespace {
        let now = clock.now()
        return try await transactions.write(for: caller, revising: input.id) { work throws(Failure) in
            let namespace = try await work.configuration.revise(input.id, keys: []).namespace
            try authorizer.require(Self.permission, on: namespace, as: caller)
            try input.precondition.check(namespace.revision)
            guard
                let (changed, event) = namespace.changed(
                    description: input.description, requiresIfMatch: input.requiresIfMatch, at: now)
            else { return namespace }
            try await work.configuration.save(changed)
            work.record(event)
            return changed
        }
    }
}
