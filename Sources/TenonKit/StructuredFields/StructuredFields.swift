/// A bare item of Structured Fields (RFC 9651). Decimals, dates and display strings are not used in the supported
/// fields, and are refused.
public enum BareItem: Sendable, Hashable {
    /// At most 15 digits.
    case integer(Int64)
    /// Printable ASCII.
    case string(String)
    case token(String)
    case bytes([UInt8])
    case boolean(Bool)
}

public struct StructuredParameter: Sendable, Hashable {
    public let name: String
    public let value: BareItem

    public init(_ name: String, _ value: BareItem) {
        self.name = name
        self.value = value
    }
}

public struct StructuredItem: Sendable, Hashable {
    public let bare: BareItem
    public let parameters: [StructuredParameter]

    public init(_ bare: BareItem, _ parameters: [StructuredParameter] = []) {
        self.bare = bare
        self.parameters = parameters
    }
}

public struct InnerList: Sendable, Hashable {
    public let items: [StructuredItem]
    public let parameters: [StructuredParameter]

    public init(_ items: [StructuredItem], _ parameters: [StructuredParameter] = []) {
        self.items = items
        self.parameters = parameters
    }

    /// The parameter's value; nil if it is missing.
    public subscript(name: String) -> BareItem? {
        parameters.first { $0.name == name }?.value
    }
}

/// A dictionary. Stricter than RFC 9651, where the last duplicate wins: duplicate names in dictionaries and parameters
/// are refused, because two readers could use different ones.
public struct StructuredDictionary: Sendable, Hashable {
    public enum Value: Sendable, Hashable {
        case item(StructuredItem)
        case list(InnerList)
    }

    public struct Member: Sendable, Hashable {
        public let name: String
        public let value: Value

        public init(_ name: String, _ value: Value) {
            self.name = name
            self.value = value
        }
    }

    public static let maxLength = 8192
    public static let maxMembers = 16
    public static let maxItems = 64
    public static let maxParameters = 16

    public let members: [Member]

    public init(_ members: [Member]) {
        self.members = members
    }

    public subscript(name: String) -> Value? {
        members.first { $0.name == name }?.value
    }

    /// Parses the field's value; values of repeated fields are joined by commas. Nil if it is not a dictionary or
    /// exceeds the limits.
    public init?(_ text: String) {
        guard text.utf8.count <= Self.maxLength else { return nil }
        var parser = StructuredFieldParser(text)
        guard let members = parser.dictionary() else { return nil }
        self.members = members
    }

    /// In the format of RFC 9651 §4.1.
    public var text: String {
        members.map { member in
            switch member.value {
            case .item(let item) where item.bare == .boolean(true): member.name + Self.text(of: item.parameters)
            case .item(let item): "\(member.name)=\(item.text)"
            case .list(let list): "\(member.name)=\(list.text)"
            }
        }.joined(separator: ", ")
    }

    fileprivate static func text(of parameters: [StructuredParameter]) -> String {
        parameters.map { parameter in
            parameter.value == .boolean(true) ? ";\(parameter.name)" : ";\(parameter.name)=\(parameter.value.text)"
        }.joined()
    }
}

extension InnerList {
    /// In the format of RFC 9651 §4.1.1.1.
    public var text: String {
        "(\(items.map(\.text).joined(separator: " ")))" + StructuredDictionary.text(of: parameters)
    }
}

extension StructuredItem {
    public var text: String { bare.text + StructuredDictionary.text(of: parameters) }
}

extension BareItem {
    public var text: String {
        switch self {
        case .integer(let number): "\(number)"
        case .string(let text):
            "\""
                + String(
                    decoding: text.utf8.flatMap { $0 == .quote || $0 == .backslash ? [.backslash, $0] : [$0] },
                    as: UTF8.self) + "\""
        case .token(let text): text
        case .bytes(let bytes): ":\(Base64.encode(bytes)):"
        case .boolean(let flag): flag ? "?1" : "?0"
        }
    }
}
