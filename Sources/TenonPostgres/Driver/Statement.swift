internal import CLibPQ
internal import Glibc

/// A statement that connections prepare at its first use. Make one per text, as a `static let`.
package struct Statement: Sendable {
    /// Unique among all statements: C text that lives as long as the process.
    nonisolated(unsafe) private let cName: UnsafePointer<CChar>
    let sql: String
    /// Whether running it twice is as good as once. When a connection breaks nobody knows whether its last
    /// statements ran: the pipeline sends only these again.
    let isRepeatable: Bool

    /// A text that begins with `SELECT` counts as repeatable; say so where a function in it makes that wrong.
    package init(_ name: StaticString, _ sql: String, isRepeatable: Bool? = nil) {
        cName = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
        self.sql = sql
        self.isRepeatable = isRepeatable ?? sql.hasPrefix("SELECT")
    }

    /// The same under a name that is made of a table's. It is never freed.
    init(named name: String, _ sql: String, isRepeatable: Bool? = nil) {
        cName = name.withCString { UnsafePointer(strdup($0)) }
        self.sql = sql
        self.isRepeatable = isRepeatable ?? sql.hasPrefix("SELECT")
    }

    package var name: String { String(cString: cName) }

    /// What connections remember it by.
    var key: UInt { UInt(bitPattern: cName) }

    /// Lends the name as C text.
    func withName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result { body(cName) }
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
