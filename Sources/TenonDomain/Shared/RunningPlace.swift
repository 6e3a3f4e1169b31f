/// The place of a request among those that run at one time.
public protocol RunningPlace: Sendable {
    /// Runs the body while others may have the place, and takes one again after it. `tenant` is for whom it waits. Fails as
    /// the body, and with `overloaded` where as many requests wait as may, in all or for the tenant; then the body did not run.
    func leave<Value: Sendable>(
        toWaitFor tenant: TenantID?, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value
}

extension Caller {
    /// Runs a body that waits for something slow, such as another company's server or a queue, so that the requests of
    /// others run meanwhile. Fails as `RunningPlace.leave` does.
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
        "The service does as much as it can. Nothing was changed. Try again after `Retry-After`.")
}
