public import TenonKit

/// Signatures that were accepted, so that none is accepted twice, on any process.
///
/// Obligations, each with a contract test: of many that remember one signature at once, one is the first; tenants do not
/// see one another's.
public protocol SeenSignatures: ExpiredRows {
    /// Whether it is the first time. `digest` is 32 bytes over everything that is signed.
    func remember(_ digest: [UInt8], of tenant: TenantID, until moment: Timestamp) async throws(Failure) -> Bool
}
