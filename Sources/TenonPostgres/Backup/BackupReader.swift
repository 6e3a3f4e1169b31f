internal import Glibc
internal import TenonDomain
internal import TenonKit

/// What a backup says of itself, in its first line.
struct BackupHeader {
    static let format = "tenon-tenant-backup"

    let tenant: TenantID
    let schemaVersion: Int64
    let takenAt: String

    var line: String {
        JSONValue.members([
            "format": .string(Self.format), "tenant": .string(tenant.description),
            "schema_version": .integer(schemaVersion), "taken_at": .string(takenAt),
        ]).description
    }

    init(tenant: TenantID, schemaVersion: Int64, takenAt: String) {
        self.tenant = tenant
        self.schemaVersion = schemaVersion
        self.takenAt = takenAt
    }

    init?(_ json: JSONValue) {
        guard json["format"]?.stringValue == Self.format,
            let tenant = json["tenant"]?.stringValue.flatMap(TenantID.init),
            let version = json["schema_version"]?.numberValue?.int64, let takenAt = json["taken_at"]?.stringValue
        else { return nil }
        self.init(tenant: tenant, schemaVersion: version, takenAt: takenAt)
    }
}

/// A table in a backup: its rows follow, one a line as COPY writes them, and a line of `\.`.
struct BackupTable: Equatable {
    let name: String
    let columns: [String]

    static let end = Array(#"\."#.utf8)

    var line: String {
        JSONValue.members(["table": .string(name), "columns": .array(columns.map { .string($0) })]).description
    }

    init(name: String, columns: [String]) {
        self.name = name
        self.columns = columns
    }

    init?(_ json: JSONValue) {
        guard let name = json["table"]?.stringValue, let columns = json["columns"]?.arrayValue else { return nil }
        self.init(name: name, columns: columns.compactMap(\.stringValue))
    }

    /// The columns, ready for SQL: names of ours need no more than quotes.
    var columnList: String { columns.map { "\"\($0)\"" }.joined(separator: ", ") }
}

/// Reads a backup line by line.
final class BackupReader: @unchecked Sendable {
    // One thread at a time reads.
    private static let chunk = 256 << 10
    /// No row of ours is longer.
    private static let longestLine = 256 << 20

    private let path: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false
    private var checksum = FNV1a()
    private var rows: Int64 = 0
    let header: BackupHeader

    init(_ path: String) throws(Failure) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .backup("\(path) cannot be read", errno) }
        // Everything is initialised before the first line is read.
        var first: [UInt8] = []
        var byte: UInt8 = 0
        while first.count < 4096, read(descriptor, &byte, 1) == 1, byte != UInt8(ascii: "\n") { first.append(byte) }
        guard let json = try? JSONParser.parse(first), let header = BackupHeader(json) else {
            close(descriptor)
            throw .backup("\(path) is no backup of a tenant.")
        }
        self.header = header
        checksum.add(first + [UInt8(ascii: "\n")])
    }

    deinit { close(descriptor) }

    /// Reads it to its end; fails where it is cut off or damaged.
    static func verify(_ path: String) throws(Failure) -> BackupHeader {
        let reader = try BackupReader(path)
        while try reader.nextTable() != nil {
            while try reader.nextRow() != nil {}
        }
        return reader.header
    }

    /// Nil after the last table, when everything was as it was written.
    func nextTable() throws(Failure) -> BackupTable? {
        let before = checksum.text
        guard let line = try nextLine(), let json = try? JSONParser.parse(line) else { throw damaged }
        if let table = BackupTable(json) { return table }
        guard json["end"] == .bool(true), json["checksum"]?.stringValue == before,
            json["rows"] == .integer(rows), try nextLine() == nil
        else {
            throw damaged
        }
        return nil
    }

    /// The next row of the table that was answered last, with its line feed; nil after its last.
    func nextRow() throws(Failure) -> [UInt8]? {
        guard let line = try nextLine() else { throw damaged }
        guard line != BackupTable.end else { return nil }
        rows += 1
        return line + [UInt8(ascii: "\n")]
    }

    private var damaged: Failure { .backup("\(path) is cut off or damaged: nothing was restored.") }

    private func nextLine() throws(Failure) -> [UInt8]? {
        var searched = start
        while true {
            if let feed = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(buffer[start..<feed])
                checksum.add(buffer[start...feed])
                start = feed + 1
                return line
            }
            searched = buffer.count - start
            buffer.removeSubrange(..<start)
            start = 0
            guard !isAtEnd else {
                guard buffer.isEmpty else { throw damaged }
                return nil
            }
            guard buffer.count < Self.longestLine else { throw damaged }
            try fill()
        }
    }

    private func fill() throws(Failure) {
        let size = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.chunk))
        let count = buffer.withUnsafeMutableBytes { read(descriptor, $0.baseAddress! + size, Self.chunk) }
        buffer.removeSubrange((size + max(0, count))...)
        guard count >= 0 || errno == EINTR else { throw .backup("\(path) cannot be read", errno) }
        isAtEnd = count == 0
    }
}
