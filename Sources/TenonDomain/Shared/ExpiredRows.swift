public import TenonKit

/// Rows of some kind, of all tenants, that nobody needs any more after a while.
public protocol ExpiredRows: Sendable {
    /// Takes away those whose time is over at the moment; answers how many.
    func purge(at now: Timestamp) async throws(Failure) -> Int
}
