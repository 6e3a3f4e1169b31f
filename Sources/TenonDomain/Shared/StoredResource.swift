/// An entity as the stores of its tenant keep it, whichever the adapter.
public protocol StoredResource: HasSortKey {
    associatedtype Key: Hashable & Sendable

    var tenant: TenantID { get }
    /// Identifies it within its tenant.
    var storeKey: Key { get }
    /// Counts the changes: a store replaces the version before only. Nil where writers hold the row instead.
    var checkedVersion: Int64? { get }
    static var uniqueKeys: [UniqueKey<Self>] { get }
}

extension StoredResource {
    public var checkedVersion: Int64? { nil }
    public static var uniqueKeys: [UniqueKey<Self>] { [] }
}

/// Something that no two resources have in common.
public struct UniqueKey<Resource: Sendable>: Sendable {
    /// The constraint in the database.
    public let constraint: String
    /// Whether no two of any tenants have it in common; else no two of one tenant.
    public let isGlobal: Bool
    /// Nil where the resource has none.
    public let value: @Sendable (Resource) -> String?
    /// What a second one is refused with.
    public let failure: @Sendable (Resource) -> Failure

    public init(
        _ constraint: String, isGlobal: Bool = false, _ value: @escaping @Sendable (Resource) -> String?,
        failure: @escaping @Sendable (Resource) -> Failure
    ) {
        self.constraint = constraint
        self.isGlobal = isGlobal
        self.value = value
        self.failure = failure
    }
}

extension Failure {
    /// Another request stored the version that this one was to become.
    package static var changedMeanwhile: Failure {
        Failure(.tooMuchContention, "Another request changed it first. Try again.", retryAfter: .seconds(1))
    }
}
