internal import TenonDomain

/// A column that rows are read by: `row[name]`. `Columns` makes them.
struct Column<Value: ColumnValue>: Sendable {
    let place: Int
}

/// The columns of a table, each named once with the value bound to it; a row is read by the same columns.
///
/// From them come the texts of the plain statements and the binds of their commands. A result is read by name: the
/// position of the columns is found once for the result, not for each row.
struct Columns<Entity: Sendable>: Sendable {
    typealias Decode = @Sendable (NamedRow, TenantID) throws(PostgresError) -> Entity

    let table: String
    /// Whether the statements name the tenant beside the entity's own columns.
    let isScoped: Bool
    /// The columns that are read, in the order of the select list.
    private(set) var names: [StaticString] = []
    private(set) var written: [Written] = []
    private(set) var digests: [Digest] = []
    private(set) var order: Order?
    private(set) var decode: Decode
    /// Whether values sealed under a data key are stored, so that no rotation may pass by.
    private(set) var isSealed = false

    struct Written: Sendable {
        enum Role: Sendable { case key, version, fixed, changing }

        let name: StaticString
        let role: Role
        let bind: @Sendable (Entity) -> PostgresValue

        var isUpdated: Bool { role == .version || role == .changing }
    }

    /// A keyed digest, by which the directory finds the row.
    struct Digest: Sendable {
        let name: StaticString
        let purpose: DigestPurpose
        /// The directory's entry for tenants with a database of their own.
        let entry: DirectoryKind?
        let isFixed: Bool
        let bytes: @Sendable (Entity) -> [UInt8]?
    }

    /// What lists are sorted by.
    struct Order: Sendable {
        let name: String
        let isDescending: Bool
        /// Conditions besides the tenant, on `$2` and what follows.
        let condition: String
        let binds: Int
        /// Where a page begins, by the sort key of the item before it; the beginning for an empty one.
        let bound: @Sendable (String) -> PostgresValue
    }

    /// The body names the columns and answers how a row becomes an entity of a tenant.
    init(_ table: String = "", isScoped: Bool = true, _ declare: (inout Columns) -> Decode) {
        self.table = table
        self.isScoped = isScoped
        decode = { _, _ throws(PostgresError) in throw .undecodable(column: "", expected: "value") }
        let decode = declare(&self)
        self.decode = decode
    }

    // MARK: Declaration

    /// Identifies the entity within its tenant.
    mutating func key<Value: ColumnValue>(
        _ name: StaticString, _ value: @escaping @Sendable (Entity) -> Value
    ) -> Column<Value> {
        write(name, .key, value)
    }

    /// Counts the changes: `save` replaces the version before only.
    mutating func version(_ name: StaticString, _ value: @escaping @Sendable (Entity) -> Int64) -> Column<Int64> {
        write(name, .version, value)
    }

    /// Written once.
    mutating func fixed<Value: ColumnValue>(
        _ name: StaticString, _ value: @escaping @Sendable (Entity) -> Value
    ) -> Column<Value> {
        write(name, .fixed, value)
    }

    mutating func column<Value: ColumnValue>(
        _ name: StaticString, _ value: @escaping @Sendable (Entity) -> Value
    ) -> Column<Value> {
        write(name, .changing, value)
    }

    /// Holds a value that is sealed under a data key.
    mutating func sealed<Value: ColumnValue>(
        _ name: StaticString, _ value: @escaping @Sendable (Entity) -> Value
    ) -> Column<Value> {
        isSealed = true
        return write(name, .changing, value)
    }

    /// Written by other statements.
    mutating func read<Value: ColumnValue>(_ name: StaticString, as _: Value.Type = Value.self) -> Column<Value> {
        names.append(name)
        return Column(place: names.count - 1)
    }

    /// For conditions; not read.
    mutating func derived<Value: ColumnValue>(_ name: StaticString, _ value: @escaping @Sendable (Entity) -> Value) {
        written.append(Written(name: name, role: .changing) { value($0).bind })
    }

    /// Not read.
    mutating func digest(
        _ name: StaticString, _ purpose: DigestPurpose, entry: DirectoryKind? = nil, isFixed: Bool = false,
        _ bytes: @escaping @Sendable (Entity) -> [UInt8]?
    ) {
        digests.append(Digest(name: name, purpose: purpose, entry: entry, isFixed: isFixed, bytes: bytes))
    }

    /// Lists are sorted by the column; `condition` may take `binds` from `$2` on.
    mutating func listed<Value: SortColumnValue>(
        by column: Column<Value>, descending: Bool = false, where condition: String = "true", binds: Int = 0
    ) {
        order = Order(
            name: "\(names[column.place])", isDescending: descending, condition: condition, binds: binds,
            bound: { Value.bound($0, descending: descending) })
    }

    private mutating func write<Value: ColumnValue>(
        _ name: StaticString, _ role: Written.Role, _ value: @escaping @Sendable (Entity) -> Value
    ) -> Column<Value> {
        written.append(Written(name: name, role: role) { value($0).bind })
        return read(name)
    }

    var isVersioned: Bool { written.contains { $0.role == .version } }

    // MARK: Texts

    /// The select list, of a table or of its alias.
    func list(of source: String? = nil) -> String {
        names.map { name in source.map { "\($0).\(name)" } ?? "\(name)" }.joined(separator: ", ")
    }

    /// `$1` is the tenant where the statements name one; the columns follow in the order of `values(of:)`.
    func insert(or conflict: String = "") -> String {
        let all: [StaticString] = (isScoped ? ["tenant_id"] : []) + written.map(\.name) + digests.map(\.name)
        let binds = all.indices.map { "$\($0 + 1)" }.joined(separator: ", ")
        let names = all.map { "\($0)" }.joined(separator: ", ")
        return "INSERT INTO \(table) (\(names)) VALUES (\(binds)) \(conflict)"
    }

    /// All that is written, for `insert`.
    func values(of entity: Entity, in tenant: TenantID, _ keyed: (any KeyedDigests)? = nil) -> [PostgresValue] {
        (isScoped ? [.id(tenant)] : []) + written.map { $0.bind(entity) }
            + digests.map { $0.value(of: entity, keyed) }
    }
}

extension Columns.Digest {
    func value(of entity: Entity, _ keyed: (any KeyedDigests)?) -> PostgresValue {
        keyed.flatMap { keyed in bytes(entity).map { .bytes(keyed.digest($0, for: purpose)) } } ?? .null
    }
}
