/// The tables with values sealed under their tenants' data keys. A rotation visits all of them, so every new table with
/// such values must be listed here. The audit log is not: it is sealed with a separate key whose versions are kept, and
/// its hash chain covers the sealed bytes.
public enum SealedTable: String, Sendable, CaseIterable {
    case configVersions = "config_versions"
    case keptReplies = "kept_replies"
    case apiKeyCredentials = "api_key_credentials"
    case ssoConnections = "sso_connections"

    /// The place that the value of the row with this UUID is sealed for.
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

/// One sealed value and its place.
public struct SealedCell: Sendable, Equatable {
    public let place: SealPlace
    /// The store's key of the row; it orders the cells of a table.
    public let row: [UInt8]
    public let sealed: SealedBytes

    public init(place: SealPlace, row: [UInt8], sealed: SealedBytes) {
        self.place = place
        self.row = row
        self.sealed = sealed
    }
}

/// The sealed values of tenants in all tables, for re-sealing with a newer key, never for a request. Skips cells
/// without a value.
///
/// Requirements, each with a contract test: pages have neither gaps nor repeats; a cell is replaced only if it is
/// unchanged since it was read; no cell of another tenant is read or changed.
public protocol SealedCells: Sendable {
    /// The number of the tenant's values, in all tables, that are sealed with an older key than `version`.
    func count(of tenant: TenantID, olderThan version: Int32) async throws(Failure) -> Int

    /// At most `limit` of the tenant's values in the table that are sealed with an older key than `version`, in row
    /// order, after `last`.
    func cells(
        of tenant: TenantID, in table: SealedTable, olderThan version: Int32, after last: SealedCell?, limit: Int
    ) async throws(Failure) -> [SealedCell]

    /// Replaces the value of each cell unless it has changed since; returns the number of replaced ones. All cells
    /// belong to the table and the tenant.
    func replace(
        _ changes: [(cell: SealedCell, new: SealedBytes)], of tenant: TenantID, in table: SealedTable
    ) async throws(Failure) -> Int
}
