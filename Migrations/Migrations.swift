/// One step of the schema, and the way back.
public struct Migration: Sendable {
    /// From 1, without gaps.
    public let number: Int
    /// `NNNN_name`, as its files are called.
    public let name: String
    public let up: String
    public let down: String
    /// The checksum of an earlier text that led to the same schema if it could be applied.
    public let formerChecksum: String?

    fileprivate init(_ name: String, up: [UInt8], down: [UInt8], formerChecksum: String? = nil) {
        self.name = name
        self.formerChecksum = formerChecksum
        number = Int(name.prefix(4)) ?? 0
        self.up = String(decoding: up, as: UTF8.self)
        self.down = String(decoding: down, as: UTF8.self)
    }

    /// All of them, in order. Embedded, so that a binary alone can migrate.
    public static let all: [Migration] = [
        Migration(
            "0001_foundation", up: PackageResources._001_foundation_up_sql,
            down: PackageResources._001_foundation_down_sql, formerChecksum: "eaa60c8867bfe6ff"),
        Migration(
            "0002_identity", up: PackageResources._002_identity_up_sql, down: PackageResources._002_identity_down_sql),
        Migration("0003_events", up: PackageResources._003_events_up_sql, down: PackageResources._003_events_down_sql),
        Migration(
            "0004_configuration", up: PackageResources._004_configuration_up_sql,
            down: PackageResources._004_configuration_down_sql),
        Migration(
            "0005_idempotency", up: PackageResources._005_idempotency_up_sql,
            down: PackageResources._005_idempotency_down_sql),
        Migration(
            "0006_configuration_history", up: PackageResources._006_configuration_history_up_sql,
            down: PackageResources._006_configuration_history_down_sql),
        Migration(
            "0007_key_rotation", up: PackageResources._007_key_rotation_up_sql,
            down: PackageResources._007_key_rotation_down_sql),
        Migration("0008_access", up: PackageResources._008_access_up_sql, down: PackageResources._008_access_down_sql),
        Migration("0009_audit", up: PackageResources._009_audit_up_sql, down: PackageResources._009_audit_down_sql),
        Migration(
            "0010_tenants", up: PackageResources._010_tenants_up_sql, down: PackageResources._010_tenants_down_sql),
        Migration(
            "0011_tenant_databases", up: PackageResources._011_tenant_databases_up_sql,
            down: PackageResources._011_tenant_databases_down_sql),
        Migration(
            "0012_api_keys", up: PackageResources._012_api_keys_up_sql, down: PackageResources._012_api_keys_down_sql),
        Migration("0013_sso", up: PackageResources._013_sso_up_sql, down: PackageResources._013_sso_down_sql),
        Migration(
            "0014_policies", up: PackageResources._014_policies_up_sql, down: PackageResources._014_policies_down_sql),
        Migration(
            "0015_rate_limits", up: PackageResources._015_rate_limits_up_sql,
            down: PackageResources._015_rate_limits_down_sql),
        Migration(
            "0016_credentials", up: PackageResources._016_credentials_up_sql,
            down: PackageResources._016_credentials_down_sql),
        Migration(
            "0017_directory_by_tenant", up: PackageResources._017_directory_by_tenant_up_sql,
            down: PackageResources._017_directory_by_tenant_down_sql),
        Migration(
            "0018_sign_ins", up: PackageResources._018_sign_ins_up_sql, down: PackageResources._018_sign_ins_down_sql),
        Migration(
            "0019_tenant_status_before_deletion",
            up: PackageResources._019_tenant_status_before_deletion_up_sql,
            down: PackageResources._019_tenant_status_before_deletion_down_sql),
        Migration(
            "0020_statistics", up: PackageResources._020_statistics_up_sql,
            down: PackageResources._020_statistics_down_sql),
        Migration(
            "0021_version_floors", up: PackageResources._021_version_floors_up_sql,
            down: PackageResources._021_version_floors_down_sql),
        Migration(
            "0022_personal_accounts", up: PackageResources._022_personal_accounts_up_sql,
            down: PackageResources._022_personal_accounts_down_sql),
    ]
}
