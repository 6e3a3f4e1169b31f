public import TenonKit

/// Accepted signatures, so that none is accepted twice by any process.
///
/// Requirements, each with a contract test: of many concurrent calls with one signature, one is the first; tenants do
/// not see each other's.
public protocol SeenSignatures: ExpiredRows {
    /// Whether it is new. `digest` is 32 bytes over all signed data.
    func remember(_ digest: [UInt8], of tenant: TenantID, until moment: Timestamp) async throws(Failure) -> Bool
}
