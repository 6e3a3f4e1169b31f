internal import CLibPQ
internal import TenonDomain
package import TenonKit

/// A bind in PostgreSQL's binary format.
package enum PostgresValue: Sendable {
    case null
    case bool(Bool)
    /// `bigint`
    case int(Int64)
    case text(String)
    case bytes([UInt8])
    case uuid(high: UInt64, low: UInt64)
    /// `timestamptz`; a moment that PostgreSQL cannot hold becomes `infinity` or `-infinity`.
    case timestamp(Timestamp)
    case textArray([String?])
    case uuidArray([(high: UInt64, low: UInt64)])
    /// `bigint[]`
    case intArray([Int64])
    case boolArray([Bool])
    case bytesArray([[UInt8]?])
    /// `json`, which is assigned to `jsonb` columns too.
    case json(String)
}

/// The types of the catalog `pg_type` that the driver speaks.
enum TypeOID {
    static let bool: Oid = 16
    static let bytea: Oid = 17
    static let name: Oid = 19
    static let int8: Oid = 20
    static let int2: Oid = 21
    static let int4: Oid = 23
    static let text: Oid = 25
    static let boolArray: Oid = 1000
    static let byteaArray: Oid = 1001
    static let int8Array: Oid = 1016
    static let json: Oid = 114
    static let textArray: Oid = 1009
    static let varchar: Oid = 1043
    static let timestamptz: Oid = 1184
    static let uuid: Oid = 2950
    static let uuidArray: Oid = 2951
    static let jsonb: Oid = 3802
}

/// Writes binds in network byte order.
struct BindEncoder {
    private(set) var types: [Oid] = []
    private(set) var bytes: [UInt8] = []
    private(set) var ends: [Int32] = []

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
        case .json(let text):
            types.append(TypeOID.json)
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
            integer(PostgresEpoch.microseconds(of: moment))
        case .textArray(let texts):
            types.append(TypeOID.textArray)
            array(of: TypeOID.text, texts) { $0?.utf8 }
        case .bytesArray(let items):
            types.append(TypeOID.byteaArray)
            array(of: TypeOID.bytea, items) { $0 }
        case .uuidArray(let ids):
            types.append(TypeOID.uuidArray)
            array(of: TypeOID.uuid, count: ids.count)
            for id in ids {
                integer(Int32(16))
                integer(id.high)
                integer(id.low)
            }
        case .intArray(let numbers):
            types.append(TypeOID.int8Array)
            array(of: TypeOID.int8, count: numbers.count)
            for number in numbers {
                integer(Int32(8))
                integer(number)
            }
        case .boolArray(let flags):
            types.append(TypeOID.boolArray)
            array(of: TypeOID.bool, count: flags.count)
            for flag in flags {
                integer(Int32(1))
                bytes.append(flag ? 1 : 0)
            }
        }
        ends.append(Int32(bytes.count))
    }

    private mutating func integer(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
    }

    /// Elements of any length; nil is null.
    private mutating func array<Item, Bytes: Collection<UInt8>>(
        of type: Oid, _ items: [Item], _ content: (Item) -> Bytes?
    ) {
        array(of: type, count: items.count, hasNulls: items.contains { content($0) == nil })
        for item in items {
            guard let content = content(item) else {
                integer(Int32(-1))
                continue
            }
            integer(Int32(content.count))
            bytes.append(contentsOf: content)
        }
    }

    /// The header of a one-dimensional array that begins at 1.
    private mutating func array(of type: Oid, count: Int, hasNulls: Bool = false) {
        integer(Int32(count == 0 ? 0 : 1))
        integer(Int32(hasNulls ? 1 : 0))
        integer(type)
        guard count > 0 else { return }
        integer(Int32(count))
        integer(Int32(1))
    }
}

/// PostgreSQL counts microseconds from 2000-01-01; the least and the greatest number are the infinities.
enum PostgresEpoch {
    private static let millisecondsSince1970: Int64 = 946_684_800_000
    /// 4714-11-24 BC, the first day that there is, and 294277-01-01, the first day that there is not.
    private static let range: Range<Int64> = -211_813_488_000_000_000..<9_223_371_331_200_000_000

    static func microseconds(of moment: Timestamp) -> Int64 {
        let (since2000, overflowed) = moment.millisecondsSince1970.subtractingReportingOverflow(millisecondsSince1970)
        let (microseconds, overflowedToo) = since2000.multipliedReportingOverflow(by: 1000)
        if !overflowed, !overflowedToo, range.contains(microseconds) { return microseconds }
        return moment.millisecondsSince1970 < 0 ? .min : .max
    }

    /// Cut off to whole milliseconds, towards the past. Nil for the infinities.
    static func moment(of microseconds: Int64) -> Timestamp? {
        guard range.contains(microseconds) else { return nil }
        let milliseconds = microseconds / 1000 - (microseconds % 1000 < 0 ? 1 : 0)
        return Timestamp(millisecondsSince1970: milliseconds + millisecondsSince1970)
    }
}
