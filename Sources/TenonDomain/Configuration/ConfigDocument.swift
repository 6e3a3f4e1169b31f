public import TenonKit

/// The formats of a document of entries.
public enum ConfigFormat: String, Sendable, Hashable, CaseIterable {
    /// RFC 8259, without a member twice.
    case json
    /// YAML 1.2 with its core schema.
    case yaml
    /// `KEY=value` lines.
    case env

    /// By the extension of a file's name, in upper or lower case; `.env` alone has one, too. Nil for one that says
    /// nothing.
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

/// What a document says about one key.
public struct ConfigDocumentItem: Sendable, Equatable {
    /// As it is written; whoever imports checks it.
    public let key: String
    /// Where the item begins, from 1.
    public let line: Int
    /// JSON Pointer (RFC 6901) of the item in the document: `/configs/3`, `/database_url`.
    public let pointer: String
    public let content: Content

    public enum Content: Sendable, Equatable {
        /// A plain document's `key: value`.
        case value(JSONValue)
        /// The value of a `KEY=value` line, which is always text.
        case text(String)
        /// One entry of the full form with all its members, `key` among them; whoever imports checks them.
        case entry(JSONObject)
    }

    public init(key: String, line: Int, pointer: String, content: Content) {
        self.key = key
        self.line = line
        self.pointer = pointer
        self.content = content
    }
}

/// What is written into a document.
public struct ConfigExport: Sendable {
    /// The namespace's name.
    public let namespace: String
    /// The namespace's revision that the entries stand at.
    public let revision: Int64
    /// In the order in which they are written. Each has `key`, `value` and `value_type`, where the value is
    /// left out of it `masked`, which is true, and what else the entry has.
    public let entries: [JSONObject]

    public init(namespace: String, revision: Int64, entries: [JSONObject]) {
        self.namespace = namespace
        self.revision = revision
        self.entries = entries
    }
}

/// A document's value, and the lines (from 1) of what may be an item.
public struct ConfigDocumentTree: Sendable, Equatable {
    public let value: JSONValue
    /// Where each member of the outermost object begins, in its order; empty where the value is no object.
    public let memberLines: [Int]
    /// Where each element of the outermost object's array `configs` begins. Shorter than the array where its
    /// elements do not stand there themselves; then the line of the member counts.
    public let configLines: [Int]

    public init(value: JSONValue, memberLines: [Int], configLines: [Int]) {
        self.value = value
        self.memberLines = memberLines
        self.configLines = configLines
    }
}

/// Port: parses and prints YAML 1.2 with the core schema, so that documents in it have JSON's values.
///
/// Whoever implements it takes any bytes without exhausting stack or memory, in time in proportion to their
/// number: nesting is bounded before anything deep is built, and what aliases repeat before it is expanded.
public protocol YAMLCodec: Sendable {
    /// The one document that the bytes hold, without a byte order mark. Numbers keep every digit. Fails as
    /// `.invalid` with one violation made by `Violation.inDocument`, and as `RequestBudget.spend` does.
    func parse(
        _ bytes: [UInt8], limits: JSONLimits, charging budget: RequestBudget
    ) throws(Failure) -> ConfigDocumentTree

    /// The value in block style, with a line feed at the end, such that every reader of YAML, 1.1 or 1.2, takes
    /// strings for strings and numbers for numbers, and `parse` gives the same value.
    func print(_ value: JSONValue) -> [UInt8]
}

extension Violation {
    /// The same name twice: in one object, or as the key of two items.
    public static func duplicateKey(_ key: String, line: Int, first: Int, pointer: String) -> Violation {
        let shown = key.unicodeScalars.count > 64 ? String(key.unicodeScalars.prefix(64)) + "…" : key
        return .inDocument(
            line: line, pointer: pointer, code: "duplicate_key",
            "the key \(JSONValue.string(shown)) stands in line \(first) already")
    }
}
