public import TenonDomain

/// A resource that is got by its id, under the tenant's rules.
public protocol Gettable: Protected {
    associatedtype ID: Sendable
    /// Those that it is read from, such as `any HasUsers`.
    associatedtype ReadStores

    static var readPermission: Permission { get }

    /// Fails with its own `…NotFound`.
    static func find(_ id: ID, for caller: Caller, in stores: ReadStores) async throws(Failure) -> Self
}

/// Gets one resource.
public struct Get<Resource: Gettable>: Sendable {
    public static var permission: Permission { Resource.readPermission }

    let stores: Reads<Resource.ReadStores>
    let authorizer: any Authorizer

    /// Fails with the resource's `…NotFound`.
    public func execute(_ id: Resource.ID, as caller: Caller) async throws(Failure) -> Resource {
        let found = try await Resource.find(id, for: caller, in: stores.for(caller))
        try authorizer.require(Self.permission, on: found, as: caller)
        return found
    }
}
