package import TenonDomain
internal import TenonKit

extension Identifier: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Identifier {
        let (high, low) = try row.uuid(column)
        return Identifier(high: high, low: low)
    }
    package var bind: PostgresValue { .uuid(high: high, low: low) }
}

extension SealedBytes: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> SealedBytes {
        SealedBytes(try row.bytes(column))
    }
    package var bind: PostgresValue { .bytes(bytes) }
}

extension PasswordHash: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> PasswordHash {
        PasswordHash(encoded: try row.text(column))
    }
    package var bind: PostgresValue { .text(encoded) }
}

extension Role: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Role {
        try row.parsed(column) { text throws(Violation) in try Role(text) }
    }
    package var bind: PostgresValue { .text(name) }
}

extension AccessSubject: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> AccessSubject {
        try row.parsed(column) { AccessSubject($0) }
    }
    package var bind: PostgresValue { .text(text) }
}

/// A value object that its text says everything of.
protocol TextColumnValue: ColumnValue {
    init(_ text: String) throws(Violation)
    var text: String { get }
}

extension TextColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Self {
        try row.parsed(column) { text throws(Violation) in try Self(text) }
    }
    package var bind: PostgresValue { .text(text) }
}

extension ClaimPath: TextColumnValue {}
extension ChangeComment: TextColumnValue {}
extension ConfigKey: TextColumnValue {}
extension Description: TextColumnValue {}
extension DisplayName: TextColumnValue {}
extension EmailAddress: TextColumnValue {}
extension IssuerURL: TextColumnValue {}
extension NamespaceName: TextColumnValue {}
extension OAuthClientID: TextColumnValue {}
extension PolicyText: TextColumnValue {}
extension SSOConnectionName: TextColumnValue {}
extension TenantSlug: TextColumnValue {}
extension Username: TextColumnValue {}

extension ColumnValue where Self: RawRepresentable, RawValue == String {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Self {
        try row.parsed(column) { Self(rawValue: $0) }
    }
    package var bind: PostgresValue { .text(rawValue) }
}

extension APIKeyStatus: ColumnValue {}
extension ConfigChange: ColumnValue {}
extension ConfigValueType: ColumnValue {}
extension DataKeyPurpose: ColumnValue {}
extension ErasureProgress: ColumnValue {}
extension PolicyStatus: ColumnValue {}
extension RateSubject.Kind: ColumnValue {}
extension SSOConnectionStatus: ColumnValue {}
extension SSOPreset: ColumnValue {}
extension StoredSigningKey.State: ColumnValue {}
extension TenantDatabase.State: ColumnValue {}
extension TenantIsolation: ColumnValue {}
extension TenantPlan: ColumnValue {}
extension TenantStatus: ColumnValue {}
extension UserStatus: ColumnValue {}

extension PostgresRow {
    /// A stored text as the value that it was.
    func parsed<Value, E: Error>(
        _ column: Int, _ parse: (String) throws(E) -> Value?
    ) throws(PostgresError) -> Value {
        let text = try text(column)
        guard let value = try? parse(text) else { throw undecodable(column, as: "\(Value.self)") }
        return value
    }
}

/// A type that lists can be sorted by.
protocol SortColumnValue: ColumnValue {
    /// The value of a sort key. For other text a bound before every value or, descending, after every value.
    static func bound(_ sortKey: String, descending: Bool) -> PostgresValue
}

extension Identifier: SortColumnValue {
    static func bound(_ sortKey: String, descending: Bool) -> PostgresValue {
        let end: UInt64 = descending ? .max : 0
        return .id(Identifier(sortKey) ?? Identifier(high: end, low: end))
    }
}

extension TextColumnValue {
    static func bound(_ sortKey: String, descending _: Bool) -> PostgresValue { .text(sortKey) }
}

extension NamespaceName: SortColumnValue {}
extension SSOConnectionName: SortColumnValue {}

extension Role: SortColumnValue {
    static func bound(_ sortKey: String, descending _: Bool) -> PostgresValue { .text(sortKey) }
}
