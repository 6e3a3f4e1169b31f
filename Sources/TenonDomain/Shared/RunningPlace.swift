/// The slot of a running request.
public protocol RunningPlace: Sendable {
    /// Releases the slot while the body runs, and takes one again after it. `tenant` is the tenant that it waits for.
    /// Fails like the body, and with `overloaded` if the maximum number of requests waits, in total or for the tenant;
    /// then the body did not run.
    func leave<Value: Sendable>(
        toWaitFor tenant: TenantID?, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value
}

extension Caller {
    /// Runs a body that waits for something slow, such as an external server or a queue, so that other requests can run
    /// meanwhile. Fails like `RunningPlace.leave`.
    public func waiting<Value: Sendable>(
        for tenant: TenantID?, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard let place else { return try await body() }
        return try await place.leave(toWaitFor: tenant, body)
    }
}

extension FailureCode {
    public static let overloaded = FailureCode(
        "overloaded", .unavailable, "Too many requests at once",
        "The service is at its limit of requests. Nothing was changed. Try again after `Retry-After`.")
}
