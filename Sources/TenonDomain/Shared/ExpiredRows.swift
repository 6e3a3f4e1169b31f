public import TenonKit

/// Rows of one kind, of all tenants, that expire.
public protocol ExpiredRows: Sendable {
    /// Deletes the expired ones; returns their number.
    func purge(at now: Timestamp) async throws(Failure) -> Int
}
