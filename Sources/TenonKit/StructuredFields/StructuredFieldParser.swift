/// Parses the text of a structured field (RFC 9651 §4.2), byte by byte without backtracking.
struct StructuredFieldParser {
    private let bytes: [UInt8]
    private var at = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    private var next: UInt8? { at < bytes.count ? bytes[at] : nil }

    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: byte) else { return false }
        at += 1
        return true
    }

    private mutating func skip(tabs: Bool = false) {
        while let byte = next, byte == 0x20 || (tabs && byte == 0x09) { at += 1 }
    }

    private mutating func takeWhile(_ belongs: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let start = at
        while let byte = next, belongs(byte) { at += 1 }
        return bytes[start..<at]
    }

    /// The whole field.
    mutating func dictionary() -> [StructuredDictionary.Member]? {
        var members: [StructuredDictionary.Member] = []
        var names: Set<String> = []
        skip()
        while next != nil {
            guard members.count < StructuredDictionary.maxMembers, let member = member(),
                names.insert(member.name).inserted
            else { return nil }
            members.append(member)
            skip(tabs: true)
            if next == nil { break }
            guard take(",") else { return nil }
            skip(tabs: true)
            if next == nil { return nil }
        }
        return members
    }

    private mutating func member() -> StructuredDictionary.Member? {
        guard let name = key() else { return nil }
        guard take("=") else {
            return parameters().map { .init(name, .item(StructuredItem(.boolean(true), $0))) }
        }
        if next == UInt8(ascii: "(") { return innerList().map { .init(name, .list($0)) } }
        return item().map { .init(name, .item($0)) }
    }

    private mutating func innerList() -> InnerList? {
        at += 1
        var items: [StructuredItem] = []
        while true {
            skip()
            if take(")") { return parameters().map { InnerList(items, $0) } }
            guard items.count < StructuredDictionary.maxItems, let item = item() else { return nil }
            items.append(item)
            guard next == 0x20 || next == UInt8(ascii: ")") else { return nil }
        }
    }

    private mutating func item() -> StructuredItem? {
        guard let bare = bareItem() else { return nil }
        return parameters().map { StructuredItem(bare, $0) }
    }

    private mutating func parameters() -> [StructuredParameter]? {
        var parameters: [StructuredParameter] = []
        while take(";") {
            skip()
            guard parameters.count < StructuredDictionary.maxParameters, let name = key(),
                !parameters.contains(where: { $0.name == name })
            else { return nil }
            guard take("=") else {
                parameters.append(StructuredParameter(name, .boolean(true)))
                continue
            }
            guard let value = bareItem() else { return nil }
            parameters.append(StructuredParameter(name, value))
        }
        return parameters
    }

    /// A name: `[a-z*][a-z0-9_.*-]*`.
    private mutating func key() -> String? {
        guard let first = next, Self.isLower(first) || first == UInt8(ascii: "*") else { return nil }
        let name = takeWhile { byte in
            Self.isLower(byte) || byte.isDigit || [0x5F, 0x2D, 0x2E, 0x2A].contains(byte)
        }
        return String(decoding: name, as: UTF8.self)
    }

    private mutating func bareItem() -> BareItem? {
        switch next {
        case UInt8(ascii: "\""): return string()
        case UInt8(ascii: ":"): return byteSequence()
        case UInt8(ascii: "?"):
            at += 1
            if take("1") { return .boolean(true) }
            return take("0") ? .boolean(false) : nil
        case let byte? where byte == .minus || byte.isDigit: return integer()
        case let byte? where Self.isLetter(byte) || byte == UInt8(ascii: "*"):
            let token = takeWhile { Self.isTokenCharacter($0) || $0 == UInt8(ascii: ":") || $0 == UInt8(ascii: "/") }
            return .token(String(decoding: token, as: UTF8.self))
        default: return nil
        }
    }

    private mutating func integer() -> BareItem? {
        let isNegative = take("-")
        let digits = takeWhile(\.isDigit)
        // A point would make it a decimal.
        guard (1...15).contains(digits.count), next != UInt8(ascii: ".") else { return nil }
        let number = digits.reduce(Int64(0)) { $0 * 10 + Int64($1 - 0x30) }
        return .integer(isNegative ? -number : number)
    }

    private mutating func string() -> BareItem? {
        at += 1
        var text: [UInt8] = []
        while let byte = next {
            at += 1
            switch byte {
            case .quote: return .string(String(decoding: text, as: UTF8.self))
            case .backslash:
                guard let escaped = next, escaped == .quote || escaped == .backslash else { return nil }
                at += 1
                text.append(escaped)
            case 0x20...0x7E: text.append(byte)
            default: return nil
            }
        }
        return nil
    }

    private mutating func byteSequence() -> BareItem? {
        at += 1
        let content = takeWhile { $0 != UInt8(ascii: ":") }
        guard take(":"), let bytes = Base64.decode(String(decoding: content, as: UTF8.self)) else { return nil }
        return .bytes(bytes)
    }

    private static func isLower(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) }

    private static func isLetter(_ byte: UInt8) -> Bool { isLower(byte | 0x20) }

    /// RFC 9110 §5.6.2.
    private static func isTokenCharacter(_ byte: UInt8) -> Bool {
        isLetter(byte) || byte.isDigit || "!#$%&'*+-.^_`|~".utf8.contains(byte)
    }
}
