/// The tables that hold values sealed under their tenants' data keys. A rotation visits all of them, so whatever new
/// table does too stands here. The audit log does not: it is sealed under a key of its own, whose versions stay, and its
/// hash chain covers the sealed bytes.
public enum SealedTable: String, Sendable, CaseIterable {
    case configVersions = "config_versions"
    case keptReplies = "kept_replies"
    case apiKeyCredentials = "api_key_credentials"
    case ssoConnections = "sso_connections"

    /// Where the value of the row with this UUID is sealed to.
    public func place(rowHigh: UInt64, rowLow: UInt64, in tenant: TenantID) -> SealPlace {
        switch self {
        case .configVersions: ConfigVersion.sealPlace(of: ConfigVersionID(high: rowHigh, low: rowLow), in: tenant)
        case .keptReplies: KeptReply.place(of: Identifier<KeptReply>(high: rowHigh, low: rowLow), in: tenant)
        case .apiKeyCredentials:
            APIKeyCredential.place(of: Identifier<APIKeyCredential>(high: rowHigh, low: rowLow), in: tenant)
        case .ssoConnections: SSOConnection.sealPlace(of: SSOConnectionID(high: rowHigh, low: rowLow), in: tenant)
        }
    }
}

/// One sealed value in its place.
public struct SealedCell: Sendable, Equatable {
    public let place: SealPlace
    /// What the store finds the row by; the cells of a table have an order by it.
    public let row: [UInt8]
    public let sealed: SealedBytes

    public init(place: SealPlace, row: [UInt8], sealed: SealedBytes) {
        self.place = place
        self.row = row
        self.sealed = sealed
    }
}

/// The sealed values of tenants, whatever they stand for: for re-sealing under a newer key, never for a request. Cells
/// without a value are passed over.
///
/// Obligations, each with a contract test: pages have neither gaps nor repeats; a cell is replaced only as it was read;
/// no cell of another tenant is seen or changed.
public protocol SealedCells: Sendable {
    /// How many values of the tenant, in all tables, are sealed under an older key than `version`.
    func count(of tenant: TenantID, olderThan version: Int32) async throws(Failure) -> Int

    /// At most `limit` of the table's values of the tenant that are sealed under an older key than `version`, in the
    /// order of their rows, after `last`.
    func cells(
        of tenant: TenantID, in table: SealedTable, olderThan version: Int32, after last: SealedCell?, limit: Int
    ) async throws(Failure) -> [SealedCell]

    /// Puts each new value in the place of the cell's, unless that has changed since; answers how many were replaced. All
    /// are of the table and the tenant.
    func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int
}
