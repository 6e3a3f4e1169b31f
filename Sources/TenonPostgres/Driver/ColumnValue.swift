internal import TenonDomain
package import TenonKit

/// A type of which a column holds values. A value that no longer parses is an error that names the column.
package protocol ColumnValue: Sendable {
    static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Self
    var bind: PostgresValue { get }
}

extension String: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> String { try row.text(column) }
    package var bind: PostgresValue { .text(self) }
}

extension Bool: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Bool { try row.bool(column) }
    package var bind: PostgresValue { .bool(self) }
}

extension Int64: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Int64 { try row.int(column) }
    package var bind: PostgresValue { .int(self) }
}

extension Int: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Int {
        Int(try row.int(column))
    }
    package var bind: PostgresValue { .int(Int64(self)) }
}

extension Int32: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Int32 {
        Int32(truncatingIfNeeded: try row.int(column))
    }
    package var bind: PostgresValue { .int(Int64(self)) }
}

extension Timestamp: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Timestamp {
        try row.timestamp(column)
    }
    package var bind: PostgresValue { .timestamp(self) }
}

/// A `uuid` of rows of several kinds.
struct RawUUID: ColumnValue {
    let high: UInt64
    let low: UInt64

    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> RawUUID {
        let (high, low) = try row.uuid(column)
        return RawUUID(high: high, low: low)
    }
    package var bind: PostgresValue { .uuid(high: high, low: low) }
}

extension Optional: ColumnValue where Wrapped: ColumnValue {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> Wrapped? {
        row.isNull(column) ? nil : try Wrapped.read(row, column)
    }
    package var bind: PostgresValue { self?.bind ?? .null }
}

/// A type of which a column holds arrays. Bytes are a `bytea`.
package protocol ColumnElement: Sendable {
    static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> [Self]
    static func bind(_ elements: [Self]) -> PostgresValue
}

extension UInt8: ColumnElement {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> [UInt8] {
        try row.bytes(column)
    }
    package static func bind(_ elements: [UInt8]) -> PostgresValue { .bytes(elements) }
}

extension String: ColumnElement {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> [String] {
        try row.textArray(column)
    }
    package static func bind(_ elements: [String]) -> PostgresValue { .textArray(elements) }
}

extension Array: ColumnValue where Element: ColumnElement {
    package static func read(_ row: PostgresRow, _ column: Int) throws(PostgresError) -> [Element] {
        try Element.read(row, column)
    }
    package var bind: PostgresValue { Element.bind(self) }
}
