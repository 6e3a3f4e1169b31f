internal import CLibPQ
package import TenonDomain

/// A statement that connections prepare at its first use. Make one per text, as a `static let`.
package struct Statement: Sendable {
    /// Unique among all statements.
    let name: StaticString
    let sql: String

    package init(_ name: StaticString, _ sql: String) {
        self.name = name
        self.sql = sql
    }

    /// What connections remember it by.
    var key: UInt { UInt(bitPattern: name.utf8Start) }
}

/// A bind in PostgreSQL's binary format.
package enum PostgresValue: Sendable {
    case null
    case bool(Bool)
    /// `bigint`
    case int(Int64)
    case text(String)
    case bytes([UInt8])
    case uuid(high: UInt64, low: UInt64)
    /// `timestamptz`
    case timestamp(Timestamp)
    case textArray([String])
    case uuidArray([(high: UInt64, low: UInt64)])
}

/// The types of the catalog `pg_type` that the driver speaks.
enum TypeOID {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let json: Oid = 114
    static let textArray: Oid = 1009
    static let varchar: Oid = 1043
    static let timestamptz: Oid = 1184
    static let uuid: Oid = 2950
    static let uuidArray: Oid = 2951
    static let jsonb: Oid = 3802
    static let name: Oid = 19
    static let void: Oid = 2278
}

/// A statement with its binds, encoded by whoever makes it and not by the I/O thread.
package struct Command: Sendable {
    let statement: Statement
    /// One `Oid` per bind; 0 for null lets the server infer it.
    let types: [Oid]
    /// The binds one after another.
    let bytes: [UInt8]
    /// Per bind its end in `bytes`, or -1 for null.
    let ends: [Int32]

    package init(_ statement: Statement, _ values: [PostgresValue] = []) {
        self.statement = statement
        var encoder = BindEncoder(count: values.count)
        for value in values { encoder.add(value) }
        types = encoder.types
        bytes = encoder.bytes
        ends = encoder.ends
    }

    /// Lends the binds the way libpq takes them.
    func withBinds<Result>(
        _ body: (
            _ values: UnsafePointer<UnsafePointer<CChar>?>, _ lengths: UnsafePointer<Int32>,
            _ formats: UnsafePointer<Int32>
        ) -> Result
    ) -> Result {
        let count = ends.count
        return withUnsafeTemporaryAllocation(of: UnsafePointer<CChar>?.self, capacity: count + 1) { values in
            withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count + 1) { numbers in
                bytes.withUnsafeBytes { bytes in
                    // libpq reads a null pointer as NULL, so an empty value needs an address too.
                    let base = bytes.baseAddress ?? UnsafeRawPointer(numbers.baseAddress!)
                    var start: Int32 = 0
                    for index in 0..<count {
                        let end = ends[index]
                        values[index] = end < 0 ? nil : (base + Int(start)).assumingMemoryBound(to: CChar.self)
                        numbers[index] = end < 0 ? 0 : end - start
                        numbers[count + index] = 1
                        if end >= 0 { start = end }
                    }
                    let lengths = UnsafePointer(numbers.baseAddress!)
                    return body(UnsafePointer(values.baseAddress!), lengths, lengths + count)
                }
            }
        }
    }
}

/// Writes binds in network byte order.
private struct BindEncoder {
    var types: [Oid] = []
    var bytes: [UInt8] = []
    var ends: [Int32] = []

    init(count: Int) {
        types.reserveCapacity(count)
        ends.reserveCapacity(count)
        bytes.reserveCapacity(count * 24)
    }

    mutating func add(_ value: PostgresValue) {
        switch value {
        case .null:
            types.append(0)
            ends.append(-1)
            return
        case .bool(let flag):
            types.append(TypeOID.bool)
            bytes.append(flag ? 1 : 0)
        case .int(let number):
            types.append(TypeOID.int8)
            integer(number)
        case .text(let text):
            types.append(TypeOID.text)
            bytes.append(contentsOf: text.utf8)
        case .bytes(let data):
            types.append(TypeOID.bytea)
            bytes.append(contentsOf: data)
        case .uuid(let high, let low):
            types.append(TypeOID.uuid)
            integer(high)
            integer(low)
        case .timestamp(let moment):
            types.append(TypeOID.timestamptz)
            integer(moment.millisecondsSince1970 * 1000 - PostgresEpoch.microsecondsSince1970)
        case .textArray(let texts):
            types.append(TypeOID.textArray)
            array(of: TypeOID.text, texts.count)
            for text in texts {
                integer(Int32(text.utf8.count))
                bytes.append(contentsOf: text.utf8)
            }
        case .uuidArray(let ids):
            types.append(TypeOID.uuidArray)
            array(of: TypeOID.uuid, ids.count)
            for id in ids {
                integer(Int32(16))
                integer(id.high)
                integer(id.low)
            }
        }
        ends.append(Int32(bytes.count))
    }

    private mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// The header of a one-dimensional array that begins at 1 and has no nulls.
    private mutating func array(of type: Oid, _ count: Int) {
        integer(Int32(count == 0 ? 0 : 1))
        integer(Int32(0))
        integer(type)
        guard count > 0 else { return }
        integer(Int32(count))
        integer(Int32(1))
    }
}

/// PostgreSQL counts microseconds from 2000-01-01.
enum PostgresEpoch {
    static let microsecondsSince1970: Int64 = 946_684_800_000_000
}
