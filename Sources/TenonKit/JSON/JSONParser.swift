/// The limits of a parser.
public struct JSONLimits: Sendable, Hashable {
    /// The maximum nesting of arrays and objects; at most 512, so that neither parsing nor freeing a value can exhaust
    /// a thread's stack.
    public let depth: Int
    /// The maximum number of values, including arrays and objects but not names.
    public let values: Int

    public init(depth: Int = 64, values: Int = 100_000) {
        self.depth = min(depth, 512)
        self.values = values
    }
}

/// Parses JSON texts by RFC 8259, restricted by I-JSON (RFC 7493): UTF-8 without a byte order mark, no duplicate
/// members, no lone surrogates; and no U+0000 in a string. Takes time proportional to the length of the text.
public struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var at = 0
    private var depth = 0
    private var values = 0
    private var meter: StepMeter
    /// A string with escapes, while it is assembled.
    private var scratch: [UInt8] = []
    /// After an error, the path from its position outwards.
    private var path: [JSONPathStep] = []

    /// The single value in the bytes.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> JSONValue {
        var parser = JSONParser(bytes.assumingMemoryBound(to: UInt8.self), limits, .unlimited)
        return try parser.whole()
    }

    /// The same, charged to the budget of who sent it. Fails as `WorkBudget.spend` does.
    public static func parse(
        _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = JSONLimits(), charging budget: WorkBudget
    ) throws(KitError) -> Result<JSONValue, JSONError> {
        var parser = JSONParser(bytes.assumingMemoryBound(to: UInt8.self), limits, budget)
        let result = Result { () throws(JSONError) in try parser.whole() }
        try parser.meter.settle()
        return result
    }

    /// The single value in the bytes.
    public static func parse(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try parse(UnsafeRawBufferPointer(buffer), limits: limits)
        }
    }

    /// The single value in the text.
    public static func parse(_ text: String, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        try text.utf8.span.withUnsafeBytes { buffer throws(JSONError) in try parse(buffer, limits: limits) }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>, _ limits: JSONLimits, _ budget: WorkBudget) {
        self.bytes = bytes
        self.limits = limits
        meter = StepMeter(.max, of: budget)
    }

    private mutating func whole() throws(JSONError) -> JSONValue {
        do throws(JSONFault) {
            return try document()
        } catch {
            throw JSONError(error, in: bytes, path: path)
        }
    }

    private mutating func document() throws(JSONFault) -> JSONValue {
        _ = meter.spend(bytes.count / 32)
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONFault(.invalidUTF8, at: error.byteOffsets.lowerBound)
        }
        guard !bytes.starts(with: [0xEF, 0xBB, 0xBF]) else { throw JSONFault(.byteOrderMark, at: 0) }
        guard next() != nil else { throw JSONFault(.emptyInput, at: at) }
        let value = try value()
        guard next() == nil else { throw JSONFault(.trailingContent, at: at) }
        return value
    }

    /// The next byte after white space, which is skipped; nil at the end.
    private mutating func next() -> UInt8? {
        while at < bytes.count {
            let byte = bytes[at]
            guard byte == 0x20 || byte == .newline || byte == 0x0D || byte == 0x09 else { return byte }
            at += 1
        }
        return nil
    }

    /// The error of a missing token: another token in its position, or the end of the text.
    private func missing(_ reason: JSONFault.Reason) -> JSONFault {
        JSONFault(at < bytes.count ? reason : .unexpectedEnd, at: at)
    }

    private mutating func value() throws(JSONFault) -> JSONValue {
        guard let first = next() else { throw missing(.expectedValue) }
        values += 1
        // An exhausted meter fails the request, regardless of the error.
        guard values <= limits.values, meter.spend(4) else { throw JSONFault(.tooManyValues, at: at) }
        switch first {
        case .quote: return .string(try string())
        case .openBrace: return .object(try nested { parser throws(JSONFault) in try parser.object() })
        case .openBracket: return .array(try nested { parser throws(JSONFault) in try parser.array() })
        case .minus, .digit0...(.digit0 + 9): return .number(try JSONNumber.scan(bytes, at: &at))
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: throw JSONFault(.expectedValue, at: at)
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        let expected = UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount)
        guard bytes[at...].starts(with: expected) else { throw JSONFault(.expectedValue, at: at) }
        at += expected.count
        return value
    }

    /// One level deeper, after the opening byte.
    private mutating func nested<Content>(
        _ content: (inout JSONParser) throws(JSONFault) -> Content
    ) throws(JSONFault) -> Content {
        guard depth < limits.depth else { throw JSONFault(.nestingTooDeep, at: at) }
        at += 1
        depth += 1
        defer { depth -= 1 }
        return try content(&self)
    }

    private mutating func array() throws(JSONFault) -> [JSONValue] {
        var elements: [JSONValue] = []
        if next() == .closeBracket {
            at += 1
            return elements
        }
        while true {
            do throws(JSONFault) {
                elements.append(try value())
            } catch {
                path.append(.index(elements.count))
                throw error
            }
            let separator = next()
            guard separator == .comma || separator == .closeBracket else { throw missing(.expectedCommaOrBracket) }
            at += 1
            if separator == .closeBracket { return elements }
        }
    }

    private mutating func object() throws(JSONFault) -> JSONObject {
        var members = JSONObject()
        if next() == .closeBrace {
            at += 1
            return members
        }
        while true {
            guard next() == .quote else { throw missing(.expectedName) }
            let nameStart = at
            let name = try string()
            guard next() == .colon else { throw missing(.expectedColon) }
            at += 1
            do throws(JSONFault) {
                let value = try value()
                guard members.insert(value, named: name) else { throw JSONFault(.duplicateMember, at: nameStart) }
                // The index of a large object costs more than its members.
                _ = meter.spend(members.count > 12 ? 80 : 8)
            } catch {
                path.append(.name(name))
                throw error
            }
            let separator = next()
            guard separator == .comma || separator == .closeBrace else { throw missing(.expectedCommaOrBrace) }
            at += 1
            if separator == .closeBrace { return members }
        }
    }

    /// The string after this opening quote.
    private mutating func string() throws(JSONFault) -> String {
        at += 1
        let start = at
        at = bytes.firstNeedingEscape(from: at)
        if at < bytes.count, bytes[at] == .quote {
            at += 1
            return String(decoding: bytes[start..<(at - 1)], as: UTF8.self)
        }
        scratch.removeAll(keepingCapacity: true)
        var plain = start
        while true {
            scratch.append(contentsOf: bytes[plain..<at])
            guard at < bytes.count else { throw JSONFault(.unexpectedEnd, at: at) }
            switch bytes[at] {
            case .quote:
                at += 1
                return String(decoding: scratch, as: UTF8.self)
            case .backslash: try escape()
            default: throw JSONFault(.controlCharacter, at: at)
            }
            plain = at
            at = bytes.firstNeedingEscape(from: at)
        }
    }

    /// Decodes the escape at this position into `scratch`.
    private mutating func escape() throws(JSONFault) {
        let start = at
        guard at + 1 < bytes.count else { throw JSONFault(.unexpectedEnd, at: bytes.count) }
        at += 2
        switch bytes[start + 1] {
        case .quote, .backslash, UInt8(ascii: "/"): scratch.append(bytes[start + 1])
        case UInt8(ascii: "b"): scratch.append(0x08)
        case UInt8(ascii: "f"): scratch.append(0x0C)
        case UInt8(ascii: "n"): scratch.append(0x0A)
        case UInt8(ascii: "r"): scratch.append(0x0D)
        case UInt8(ascii: "t"): scratch.append(0x09)
        case UInt8(ascii: "u"):
            let scalar = try escapedScalar(start)
            guard scalar.value != 0 else { throw JSONFault(.nulInString, at: start) }
            scratch.append(contentsOf: UTF8.encode(scalar)!)
        default: throw JSONFault(.malformedEscape, at: start)
        }
    }

    /// One escape or, for a surrogate pair, two; `at` is after the first `\u`.
    private mutating func escapedScalar(_ start: Int) throws(JSONFault) -> Unicode.Scalar {
        let first = try codeUnit(start)
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == .backslash, bytes[at + 1] == UInt8(ascii: "u") else {
            throw JSONFault(.loneSurrogate, at: start)
        }
        at += 2
        let second = try codeUnit(at - 2)
        guard 0xDC00...0xDFFF ~= second else { throw JSONFault(.loneSurrogate, at: start) }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))!
    }

    /// Four hexadecimal digits.
    private mutating func codeUnit(_ escapeStart: Int) throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard at < bytes.count else { throw JSONFault(.unexpectedEnd, at: at) }
            guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue, bytes[at] < 0x80 else {
                throw JSONFault(.malformedEscape, at: escapeStart)
            }
            value = value << 4 | UInt32(digit)
            at += 1
        }
        return value
    }
}
