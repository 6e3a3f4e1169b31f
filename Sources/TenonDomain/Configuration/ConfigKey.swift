public import TenonKit

/// The name of an entry: `[A-Za-z0-9_][A-Za-z0-9_.-]{0,254}`, case-sensitive, unique within its namespace.
public struct ConfigKey: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard (1...255).contains(text.utf8.count), Self.isPrefix(text) else {
            throw Violation(
                code: "invalid_key",
                detail: "A key has 1 to 255 characters of A-Z, a-z, 0-9, '_', '.' and '-', "
                    + "and begins with a letter, a digit or '_'.")
        }
        self.text = text
    }

    /// Whether a key can begin with the text.
    static func isPrefix(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "."), first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-"):
                true
            default: false
            }
        }
    }
}

/// The beginning of a key, to list by: empty for all.
public struct ConfigKeyPrefix: Sendable, Hashable {
    public let text: String

    public init(_ text: String) throws(Violation) {
        guard text.isEmpty || (text.utf8.count <= 255 && ConfigKey.isPrefix(text)) else {
            throw Violation(code: "invalid_prefix", detail: "No key begins with this prefix.")
        }
        self.text = text
    }

    public static let all = ConfigKeyPrefix()

    private init() {
        text = ""
    }
}
