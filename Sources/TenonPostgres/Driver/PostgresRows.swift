internal import CLibPQ
internal import TenonDomain

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
}

/// One row. Columns are read by number as the type that the server says they have; any other type, and a null
/// where none is expected, is an error that names the column.
package struct PostgresRow {
    private let rows: PostgresRows
    private let index: Int

    fileprivate init(rows: PostgresRows, index: Int) {
        self.rows = rows
        self.index = index
    }

    func isNull(_ column: Int) -> Bool { rows.isNull(index, column) }

    package func text(_ column: Int) throws(PostgresError) -> String {
        let bytes = try value(column, "text") { type in
            type == TypeOID.text || type == TypeOID.varchar || type == TypeOID.name || type == TypeOID.json
        }
        return String(decoding: bytes, as: UTF8.self)
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
        let bytes = try value(column, "uuid") { $0 == TypeOID.uuid }
        return (
            UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
            UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        )
    }

    func timestamp(_ column: Int) throws(PostgresError) -> Timestamp {
        let bytes = try value(column, "timestamptz") { $0 == TypeOID.timestamptz }
        let microseconds = Int64(bigEndian: bytes.loadUnaligned(as: Int64.self)) + PostgresEpoch.microsecondsSince1970
        return Timestamp(millisecondsSince1970: Int64((Double(microseconds) / 1000).rounded(.down)))
    }

    func textArray(_ column: Int) throws(PostgresError) -> [String] {
        let bytes = try value(column, "text[]") { $0 == TypeOID.textArray }
        func integer(_ offset: Int) -> Int {
            Int(Int32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: Int32.self)))
        }
        guard integer(0) > 0 else { return [] }
        guard integer(0) == 1 else { throw undecodable(column, as: "text[] of one dimension") }
        var texts: [String] = []
        var at = 20
        for _ in 0..<integer(12) {
            let length = integer(at)
            guard length >= 0 else { throw undecodable(column, as: "text[] without nulls") }
            texts.append(String(decoding: bytes[(at + 4)..<(at + 4 + length)], as: UTF8.self))
            at += 4 + length
        }
        return texts
    }

    func optionalText(_ column: Int) throws(PostgresError) -> String? {
        isNull(column) ? nil : try text(column)
    }

    func optionalInt(_ column: Int) throws(PostgresError) -> Int64? {
        isNull(column) ? nil : try int(column)
    }

    func optionalTimestamp(_ column: Int) throws(PostgresError) -> Timestamp? {
        isNull(column) ? nil : try timestamp(column)
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
}
