public import TenonDomain
internal import TenonKit

/// What a contract is asked of: the transactions of a storage adapter, over an empty storage.
public struct ContractStorage: Sendable {
    public let transactions: any Transactions
    public let clock: any WallClock
    public let identifiers: Identifiers

    public init(transactions: any Transactions, clock: any WallClock, identifiers: Identifiers) {
        self.transactions = transactions
        self.clock = clock
        self.identifiers = identifiers
    }
}

/// Why an adapter breaks a contract.
public struct BrokenContract: Error, CustomStringConvertible {
    public let description: String
}

/// The plain verbs of one kind of resource, whichever the adapter: an added one is found, changes are stored whole, lists
/// have neither gaps nor duplicates, unique keys refuse a second one, stale versions are not stored, another tenant finds
/// and changes nothing.
///
/// Works with every test framework: `check` throws `BrokenContract`, whose description names the resource and the rule.
public struct ResourceContract: Sendable, CustomStringConvertible {
    /// The name of the kind.
    public let description: String
    private let body: @Sendable (ContractStorage) async throws -> Void

    init<Resource: StoredResource & Equatable>(_ name: String, _ verbs: ResourceVerbs<Resource>) {
        description = name
        body = { storage in
            try await ResourceChecks(
                name: name, storage: storage, verbs: verbs, tenant: storage.identifiers.next(),
                stranger: storage.identifiers.next()
            ).run()
        }
    }

    /// Needs a storage of its own. Throws `BrokenContract`, or the failure of a verb that should have worked.
    public func check(_ storage: ContractStorage) async throws { try await body(storage) }
}

/// How a kind of resource is made and stored.
struct ResourceVerbs<Resource: StoredResource>: Sendable {
    /// The one with that number in the tenant. Those of higher numbers come later in lists.
    let make: @Sendable (ContractStorage, TenantID, Int) throws -> Resource
    /// The next version of it.
    let change: @Sendable (Resource, Timestamp) throws -> Resource?
    /// Another one that has each unique key of it; nil where it has none.
    var twin: @Sendable (ContractStorage, Resource) throws -> Resource? = { _, _ in nil }
    let add: @Sendable (any UnitOfWork, Resource) async throws(Failure) -> Void
    let get: @Sendable (any Stores, Resource.Key) async throws(Failure) -> Resource?
    var getForUpdate: (@Sendable (any UnitOfWork, Resource.Key) async throws(Failure) -> Resource?)?
    let save: @Sendable (any UnitOfWork, Resource) async throws(Failure) -> Void
    var remove: (@Sendable (any UnitOfWork, Resource) async throws(Failure) -> Void)?
    /// Nil where stores do not list it.
    var page: (@Sendable (any Stores, Resource, PageRequest) async throws(Failure) -> Page<Resource>)?
    var isDescending = false
    /// How many of one tenant there can be.
    var isSingle = false
}
