internal import CLibPQ
internal import Glibc
internal import TenonDomain
internal import TenonKit

/// The rows of one statement, in binary format. Owns libpq's result and frees it with its last holder.
package final class PostgresRows: Sendable {
    nonisolated(unsafe) private let result: OpaquePointer

    /// Takes the result over.
    init(_ result: OpaquePointer) {
        self.result = result
    }

    deinit {
        PQclear(result)
    }

    /// `COMMIT`, `INSERT 0 1`, …
    var commandTag: String { String(cString: PQcmdStatus(result)) }

    /// How many rows an INSERT, UPDATE or DELETE touched, or a SELECT found.
    var affected: Int { Int(String(cString: PQcmdTuples(result))) ?? 0 }

    fileprivate func name(_ column: Int) -> String {
        PQfname(result, Int32(column)).map { String(cString: $0) } ?? "\(column)"
    }

    fileprivate func type(_ column: Int) -> Oid { PQftype(result, Int32(column)) }

    fileprivate func isNull(_ row: Int, _ column: Int) -> Bool {
        PQgetisnull(result, Int32(row), Int32(column)) != 0
    }

    fileprivate func bytes(_ row: Int, _ column: Int) -> UnsafeRawBufferPointer {
        UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }
}

extension PostgresRows: RandomAccessCollection {
    package var startIndex: Int { 0 }
    package var endIndex: Int { Int(PQntuples(result)) }
    package subscript(position: Int) -> PostgresRow { PostgresRow(rows: self, index: position) }

    /// Where these columns begin, which follow one another in the result.
    func start(of names: [StaticString]) throws(PostgresError) -> Int {
        let count = Int(PQnfields(result))
        guard let first = names.first, count >= names.count else { throw missing(names.first) }
        let start = (0...count - names.count).first { start in
            names.indices.allSatisfy { isNamed(names[$0], start + $0) }
        }
        guard let start else {
            throw missing(names.first { name in !(0..<count).contains { isNamed(name, $0) } } ?? first)
        }
        return start
    }

    private func isNamed(_ name: StaticString, _ column: Int) -> Bool {
        PQfname(result, Int32(column)).map {
            strcmp($0, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
        } ?? false
    }

    private func missing(_ name: StaticString?) -> PostgresError {
        .undecodable(column: name.map { "\($0)" } ?? "", expected: "value: the statement does not select it")
    }
}

/// One row. Stores read it by `Columns`; the driver by number, as the type that the server says a column has. Any other
/// type, and a null where none is expected, is an error that names the column.
package struct PostgresRow {
    private let rows: PostgresRows
    private let index: Int

    fileprivate init(rows: PostgresRows, index: Int) {
        self.rows = rows
        self.index = index
    }

    func isNull(_ column: Int) -> Bool { rows.isNull(index, column) }

    /// `text`, `varchar`, `name` or `json`
    package func text(_ column: Int) throws(PostgresError) -> String {
        let bytes = try value(column, "text") { type in
            type == TypeOID.text || type == TypeOID.varchar || type == TypeOID.name || type == TypeOID.json
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The text of a `json` or `jsonb`
    func json(_ column: Int) throws(PostgresError) -> String {
        let bytes = try value(column, "json") { $0 == TypeOID.json || $0 == TypeOID.jsonb }
        guard rows.type(column) == TypeOID.jsonb else { return String(decoding: bytes, as: UTF8.self) }
        // A leading byte names the version of jsonb's binary format.
        guard bytes.first == 1 else { throw undecodable(column, as: "jsonb of version 1") }
        return String(decoding: bytes.dropFirst(), as: UTF8.self)
    }

    func bytes(_ column: Int) throws(PostgresError) -> [UInt8] {
        Array(try value(column, "bytea") { $0 == TypeOID.bytea })
    }

    func bool(_ column: Int) throws(PostgresError) -> Bool {
        try value(column, "boolean") { $0 == TypeOID.bool }[0] != 0
    }

    /// `smallint`, `integer` or `bigint`
    package func int(_ column: Int) throws(PostgresError) -> Int64 {
        let bytes = try value(column, "integer") { $0 == TypeOID.int8 || $0 == TypeOID.int4 || $0 == TypeOID.int2 }
        switch bytes.count {
        case 8: return Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))
        case 4: return Int64(Int32(bigEndian: bytes.loadUnaligned(as: Int32.self)))
        default: return Int64(Int16(bigEndian: bytes.loadUnaligned(as: Int16.self)))
        }
    }

    func uuid(_ column: Int) throws(PostgresError) -> (high: UInt64, low: UInt64) {
        Self.uuid(try value(column, "uuid") { $0 == TypeOID.uuid }, at: 0)
    }

    /// `timestamptz`, cut off to whole milliseconds; the infinities are errors.
    func timestamp(_ column: Int) throws(PostgresError) -> Timestamp {
        let bytes = try value(column, "timestamptz") { $0 == TypeOID.timestamptz }
        guard let moment = PostgresEpoch.moment(of: Int64(bigEndian: bytes.loadUnaligned(as: Int64.self))) else {
            throw undecodable(column, as: "timestamptz that is finite")
        }
        return moment
    }

    func textArray(_ column: Int) throws(PostgresError) -> [String] {
        let bytes = try value(column, "text[]") { $0 == TypeOID.textArray }
        return try elements(of: bytes, column).map { String(decoding: bytes[$0], as: UTF8.self) }
    }

    func uuidArray(_ column: Int) throws(PostgresError) -> [(high: UInt64, low: UInt64)] {
        let bytes = try value(column, "uuid[]") { $0 == TypeOID.uuidArray }
        return try elements(of: bytes, column).map { Self.uuid(bytes, at: $0.lowerBound) }
    }

    func undecodable(_ column: Int, as expected: String) -> PostgresError {
        .undecodable(column: rows.name(column), expected: expected)
    }

    private func value(
        _ column: Int, _ expected: String, _ accepts: (Oid) -> Bool
    ) throws(PostgresError) -> UnsafeRawBufferPointer {
        guard !rows.isNull(index, column), accepts(rows.type(column)) else { throw undecodable(column, as: expected) }
        return rows.bytes(index, column)
    }

    private static func uuid(_ bytes: UnsafeRawBufferPointer, at offset: Int) -> (high: UInt64, low: UInt64) {
        (
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        )
    }

    /// Where the elements of a one-dimensional array stand: the number of dimensions, a flag for nulls and the type
    /// come first, then length and lower bound of the dimension, then every element after its length.
    private func elements(of bytes: UnsafeRawBufferPointer, _ column: Int) throws(PostgresError) -> [Range<Int>] {
        func integer(_ offset: Int) -> Int {
            Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        guard integer(0) > 0 else { return [] }
        guard integer(0) == 1 else { throw undecodable(column, as: "array of one dimension") }
        var ranges: [Range<Int>] = []
        var at = 20
        for _ in 0..<integer(12) {
            let length = integer(at)
            guard length >= 0 else { throw undecodable(column, as: "array without nulls") }
            ranges.append((at + 4)..<(at + 4 + length))
            at += 4 + length
        }
        return ranges
    }
}
