public import TenonDomain

/// A resource that is deleted under the tenant's rules.
public protocol Deletable: Protected {
    associatedtype ID: Sendable
    /// Those that deleting takes, such as `any HasAPIKeys & RecordsEvents`.
    associatedtype DeleteStores
    /// What a request says beside the id.
    associatedtype DeleteOptions: Sendable = Void

    static var writePermission: Permission { get }
    /// What `If-Match` is compared with.
    var version: Int64 { get }

    /// The namespace that deleting revises; nil for none.
    static func revised(by id: ID) -> NamespaceID?

    /// Holds it until the transaction ends. Fails with its own `…NotFound`.
    static func findForUpdate(_ id: ID, in work: DeleteStores) async throws(Failure) -> Self

    /// Deletes and records it. The caller holds the permission on it.
    func delete(_ options: DeleteOptions, in work: DeleteStores, as caller: Caller) async throws(Failure)
}

extension Deletable {
    public static func revised(by id: ID) -> NamespaceID? { nil }
}

/// Deletes one resource.
public struct Delete<Resource: Deletable>: Sendable {
    public static var permission: Permission { Resource.writePermission }

    public typealias Input = ChangeInput<Resource.ID, Resource.DeleteOptions>

    let transactions: Writes<Resource.DeleteStores>
    let authorizer: any Authorizer

    /// Fails with the resource's `…NotFound`, `preconditionFailed`, or as `Resource.delete` does.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        let namespace = Resource.revised(by: input.id)
        try await transactions.write(for: caller, revising: namespace) { work throws(Failure) in
            let found = try await Resource.findForUpdate(input.id, in: work)
            try authorizer.require(Self.permission, on: found, as: caller)
            try input.precondition.check(found.version)
            try await found.delete(input.change, in: work, as: caller)
        }
    }
}
