internal import TenonDomain
internal import TenonKit

/// The value of a scalar by YAML 1.2's core schema (section 10.3).
enum YAMLScalar {
    static let core = "tag:yaml.org,2002:"

    static func value(of text: String, isPlain: Bool, tag: String?, line: Int) throws(Violation) -> JSONValue {
        if let tag { return try tagged(text, tag, line) }
        guard isPlain else { return try string(text, line) }
        if let value = word(text) { return value }
        if let value = try number(text, line) { return value }
        return try string(text, line)
    }

    private static func tagged(_ text: String, _ tag: String, _ line: Int) throws(Violation) -> JSONValue {
        let value: JSONValue?
        switch tag {
        case core + "str": value = try string(text, line)
        case core + "null": value = word(text).flatMap { $0.isNull ? $0 : nil }
        case core + "bool": value = word(text).flatMap { $0.isNull ? nil : $0 }
        case core + "int": value = isWhole(text) ? try number(text, line) : nil
        case core + "float": value = try number(text, line)
        default: throw .tagRefused(line: line)
        }
        guard let value else {
            throw .inDocument(line: line, code: "invalid_yaml", "the value does not match its tag")
        }
        return value
    }

    private static func string(_ text: String, _ line: Int) throws(Violation) -> JSONValue {
        try checkText(text, line: line)
        return .string(text)
    }

    static func checkText(_ text: String, line: Int) throws(Violation) {
        guard !text.utf8.contains(0) else {
            throw .inDocument(line: line, code: "nul_in_string", "a string must not contain U+0000")
        }
    }

    private static func word(_ text: String) -> JSONValue? {
        switch text {
        case "", "~", "null", "Null", "NULL": .null
        case "true", "True", "TRUE": true
        case "false", "False", "FALSE": false
        default: nil
        }
    }

    private static func isWhole(_ text: String) -> Bool {
        text.hasPrefix("0x") || text.utf8.allSatisfy { $0.isDecimal || $0.isSign }
    }

    /// The number in the text; nil if it is not a number.
    private static func number(_ text: String, _ line: Int) throws(Violation) -> JSONValue? {
        guard let first = text.utf8.first, first.isDecimal || first.isSign || first == UInt8(ascii: ".") else {
            return nil
        }
        if [".inf", ".Inf", ".INF"].contains(String(text.drop { $0 == "-" || $0 == "+" }))
            || [".nan", ".NaN", ".NAN"].contains(text)
        {
            throw .inDocument(line: line, code: "invalid_yaml", "infinity and not-a-number are not supported")
        }
        let decimal: String?
        if text.hasPrefix("0x") {
            decimal = whole(text.dropFirst(2), radix: 16)
        } else if text.hasPrefix("0o") {
            decimal = whole(text.dropFirst(2), radix: 8)
        } else {
            decimal = json(text)
        }
        guard let decimal else { return nil }
        do {
            return .number(try JSONNumber(decimal))
        } catch {
            throw .inDocument(
                line: line, code: JSONError.Code.numberOutOfBounds.rawValue,
                "a number must have at most 38 digits and an exponent between -308 and 308")
        }
    }

    /// The decimal digits of a number in another base; one beyond 128 bits, which is out of bounds, stays unchanged.
    private static func whole(_ digits: Substring, radix: UInt8) -> String? {
        let isNumber = digits.utf8.allSatisfy { byte in
            byte < UInt8(ascii: "0") + min(radix, 10) && byte.isDecimal
                || radix == 16 && (UInt8(ascii: "a")...UInt8(ascii: "f")).contains(byte | 0x20)
        }
        guard isNumber, !digits.isEmpty else { return nil }
        return (UInt128(digits, radix: Int(radix)) ?? .max).description
    }

    /// The number in JSON notation: without a plus, leading zeros, or a point without digits on both sides. Keeps its
    /// digits, also those after the point.
    private static func json(_ text: String) -> String? {
        var rest = Array(text.utf8)[...]
        func takeDigits() -> ArraySlice<UInt8> {
            let digits = rest.prefix { $0.isDecimal }
            rest = rest.dropFirst(digits.count)
            return digits
        }
        var json: [UInt8] = []
        if let sign = rest.first, sign.isSign {
            if sign == UInt8(ascii: "-") { json.append(sign) }
            rest.removeFirst()
        }
        let whole = takeDigits()
        var fraction: ArraySlice<UInt8> = []
        if rest.first == UInt8(ascii: ".") {
            rest.removeFirst()
            fraction = takeDigits()
        }
        guard !whole.isEmpty || !fraction.isEmpty else { return nil }
        let significant = whole.drop { $0 == UInt8(ascii: "0") }
        json += significant.isEmpty ? [UInt8(ascii: "0")] : significant
        if !fraction.isEmpty { json += [UInt8(ascii: ".")] + fraction }
        if let mark = rest.first, mark | 0x20 == UInt8(ascii: "e") {
            rest.removeFirst()
            json.append(UInt8(ascii: "e"))
            if let sign = rest.first, sign.isSign { json.append(rest.removeFirst()) }
            let exponent = takeDigits()
            guard !exponent.isEmpty else { return nil }
            json += exponent
        }
        return rest.isEmpty ? String(decoding: json, as: UTF8.self) : nil
    }
}

extension UInt8 {
    fileprivate var isDecimal: Bool { self &- UInt8(ascii: "0") < 10 }
    fileprivate var isSign: Bool { self == UInt8(ascii: "+") || self == UInt8(ascii: "-") }
}

extension Violation {
    static func tagRefused(line: Int) -> Violation {
        .inDocument(line: line, code: "invalid_yaml", "only tags of the core schema are supported")
    }
}
