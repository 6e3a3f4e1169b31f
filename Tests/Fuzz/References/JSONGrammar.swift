/// A second reading of RFC 8259, which knows the grammar and nothing else: what the parser is compared with. Like
/// the parser it refuses half a surrogate pair; it bounds nothing and lets names stand twice.
struct JSONGrammar {
    private var rest: Substring.UnicodeScalarView

    /// False too for what is not UTF-8.
    static func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var grammar = JSONGrammar(rest: text[...].unicodeScalars)
        return grammar.value() && grammar.rest.isEmpty
    }

    private mutating func take(_ accepted: (Unicode.Scalar) -> Bool) -> Unicode.Scalar? {
        guard let scalar = rest.first, accepted(scalar) else { return nil }
        return rest.removeFirst()
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.starts(with: text.unicodeScalars) else { return false }
        rest.removeFirst(text.unicodeScalars.count)
        return true
    }

    private mutating func space() {
        while take({ " \t\r\n".unicodeScalars.contains($0) }) != nil {}
    }

    /// With the white space around it.
    private mutating func value() -> Bool {
        space()
        defer { space() }
        if take("{") {
            return list(until: "}") { grammar in
                grammar.space()
                guard grammar.string() else { return false }
                grammar.space()
                return grammar.take(":") && grammar.value()
            }
        }
        if take("[") { return list(until: "]") { $0.value() } }
        if rest.first == "\"" { return string() }
        return take("true") || take("false") || take("null") || number()
    }

    private mutating func list(until end: String, _ element: (inout JSONGrammar) -> Bool) -> Bool {
        space()
        if take(end) { return true }
        repeat {
            guard element(&self) else { return false }
        } while take(",")
        return take(end)
    }

    private mutating func digits() -> Bool {
        var count = 0
        while take({ ("0"..."9").contains($0) }) != nil { count += 1 }
        return count > 0
    }

    private mutating func number() -> Bool {
        _ = take("-")
        guard take("0") || digits() else { return false }
        if take("."), !digits() { return false }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            return digits()
        }
        return true
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while !take("\"") {
            if take("\\") {
                guard escape() else { return false }
            } else if take({ $0.value >= 0x20 }) == nil {
                return false
            }
        }
        return true
    }

    private mutating func escape() -> Bool {
        if take({ "\"\\/bfnrt".unicodeScalars.contains($0) }) != nil { return true }
        guard take("u"), let unit = codeUnit(), !UTF16.isTrailSurrogate(unit) else { return false }
        guard UTF16.isLeadSurrogate(unit) else { return true }
        guard take("\\u"), let second = codeUnit() else { return false }
        return UTF16.isTrailSurrogate(second)
    }

    private mutating func codeUnit() -> UInt16? {
        var digits = ""
        while digits.count < 4, let digit = take({ $0.isASCII && $0.properties.isASCIIHexDigit }) {
            digits.unicodeScalars.append(digit)
        }
        return digits.count == 4 ? UInt16(digits, radix: 16) : nil
    }
}
