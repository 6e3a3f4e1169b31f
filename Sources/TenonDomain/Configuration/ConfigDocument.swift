public import TenonKit

/// The formats of a document of entries.
public enum ConfigFormat: String, Sendable, Hashable, CaseIterable {
    /// RFC 8259, without duplicate members.
    case json
    /// YAML 1.2 with its core schema.
    case yaml
    /// `KEY=value` lines.
    case env

    /// From the extension of a file's name, in any case, including `.env` alone. Nil for an unknown extension.
    public init?(fileName: String) {
        switch fileName.split(separator: ".").last?.lowercased() {
        case "json": self = .json
        case "yaml", "yml": self = .yaml
        case "env": self = .env
        default: return nil
        }
    }

    /// RFC 8259, RFC 9512, RFC 2046.
    public var mediaType: String {
        switch self {
        case .json: "application/json"
        case .yaml: "application/yaml"
        case .env: "text/plain"
        }
    }
}

/// One key of a document.
public struct ConfigDocumentItem: Sendable, Equatable {
    /// As written; the import validates it.
    public let key: String
    /// The first line of the item, from 1.
    public let line: Int
    /// JSON Pointer (RFC 6901) of the item in the document: `/configs/3`, `/database_url`.
    public let pointer: String
    public let content: Content

    public enum Content: Sendable, Equatable {
        /// A plain document's `key: value`.
        case value(JSONValue)
        /// The value of a `KEY=value` line, always text.
        case text(String)
        /// One entry of the full form with all its members, including `key`; the import validates them.
        case entry(JSONObject)
    }

    public init(key: String, line: Int, pointer: String, content: Content) {
        self.key = key
        self.line = line
        self.pointer = pointer
        self.content = content
    }
}

/// The content of a document to write.
public struct ConfigExport: Sendable {
    /// The namespace's name.
    public let namespace: String
    /// The namespace's revision of the entries.
    public let revision: Int64
    /// In the order of writing. Each has `key`, `value` and `value_type`, or `masked` (true) instead of an omitted
    /// value, and the entry's other members.
    public let entries: [JSONObject]

    public init(namespace: String, revision: Int64, entries: [JSONObject]) {
        self.namespace = namespace
        self.revision = revision
        self.entries = entries
    }
}

/// A document's value, and the lines (from 1) of potential items.
public struct ConfigDocumentTree: Sendable, Equatable {
    public let value: JSONValue
    /// The line of each member of the outermost object, in order; empty if the value is not an object.
    public let memberLines: [Int]
    /// The line of each element of the outermost object's array `configs`. Shorter than the array if its elements are
    /// elsewhere; then the line of the member counts.
    public let configLines: [Int]

    public init(value: JSONValue, memberLines: [Int], configLines: [Int]) {
        self.value = value
        self.memberLines = memberLines
        self.configLines = configLines
    }
}

/// Port: parses and prints YAML 1.2 with the core schema, so that documents have JSON values.
///
/// Implementations accept any bytes without exhausting stack or memory, in time proportional to their number: nesting
/// is limited before anything deep is built, and alias expansion before it happens.
public protocol YAMLCodec: Sendable {
    /// The single document in the bytes, without a byte order mark. Numbers keep every digit. Fails as `.invalid` with
    /// one violation made by `Violation.inDocument`, and like `RequestBudget.spend`.
    func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget
    ) throws(Failure) -> ConfigDocumentTree

    /// The value in block style, with a line feed at the end. Every YAML reader, 1.1 or 1.2, reads strings as strings
    /// and numbers as numbers, and `parse` returns the same value.
    func print(_ value: JSONValue) -> [UInt8]
}

extension Violation {
    /// A duplicate name: in one object, or as the key of two items.
    public static func duplicateKey(_ key: String, line: Int, first: Int, pointer: String) -> Violation {
        let shown = key.unicodeScalars.count > 64 ? String(key.unicodeScalars.prefix(64)) + "…" : key
        return .inDocument(
            line: line, pointer: pointer, code: "duplicate_key",
            "duplicate key \(JSONValue.string(shown)), first used in line \(first)")
    }
}
