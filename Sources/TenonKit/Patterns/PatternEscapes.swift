extension PatternParser {
    /// Parses `\d`, `\D`, `\w`, `\W` (ASCII), `\s`, `\S`, `\pL` or `\p{Lu}`; nil if there is none.
    mutating func classEscape() throws(PatternError) -> PatternSet.Item? {
        guard peek() == "\\", let letter = peek(1) else { return nil }
        let ranges: [UInt32]
        switch letter {
        case "d", "D": ranges = Self.digits
        case "w", "W": ranges = Self.wordScalars
        case "s", "S": ranges = whiteSpace
        case "p", "P": return try category()
        default: return nil
        }
        at += 2
        return PatternSet.Item(ranges: ranges, isNegated: letter.value < 0x60)
    }

    private static let digits: [UInt32] = [0x30, 0x39]
    private static let wordScalars: [UInt32] = [0x30, 0x39, 0x41, 0x5A, 0x5F, 0x5F, 0x61, 0x7A]

    /// ECMA-262's WhiteSpace and LineTerminator: the category Zs and a few more.
    private var whiteSpace: [UInt32] {
        switch dialect {
        case .re2: [0x09, 0x0A, 0x0C, 0x0D, 0x20, 0x20]
        case .ecma262:
            [
                0x09, 0x0D, 0x20, 0x20, 0xA0, 0xA0, 0x1680, 0x1680, 0x2000, 0x200A, 0x2028, 0x2029, 0x202F, 0x202F,
                0x205F, 0x205F, 0x3000, 0x3000, 0xFEFF, 0xFEFF,
            ]
        }
    }

    /// The characters that `.` excludes.
    var lineEnds: [UInt32] {
        switch dialect {
        case .re2: [0x0A, 0x0A]
        case .ecma262: [0x0A, 0x0A, 0x0D, 0x0D, 0x2028, 0x2029]
        }
    }

    /// `\pL`, `\PL`, `\p{Lu}`, `\P{Lu}`, `\p{^Lu}`.
    private mutating func category() throws(PatternError) -> PatternSet.Item {
        let start = at
        var isNegated = peek(1) == "P"
        at += 2
        guard let first = peek() else { throw invalid("the name of a category is missing", at: start) }
        var name = String(first)
        at += 1
        if first == "{" {
            if take("^") { isNegated.toggle() }
            guard let end = scalars[at...].firstIndex(of: "}") else {
                throw invalid("the name of a category must be closed", at: start)
            }
            name = String(String.UnicodeScalarView(scalars[at..<end]))
            at = end + 1
        }
        guard let categories = UnicodeCategory.bits(named: name) else {
            throw PatternError(
                .script, "only general categories such as L, Lu and Nd are supported, not scripts", at: start)
        }
        return PatternSet.Item(categories: categories, isNegated: isNegated)
    }

    /// Parses an escape for a single scalar.
    mutating func scalarEscape() throws(PatternError) -> Unicode.Scalar {
        let start = at
        guard let scalar = peek(1) else { throw invalid("expected a character after the backslash", at: start) }
        at += 2
        switch scalar {
        case "a": return "\u{07}"
        case "f": return "\u{0C}"
        case "n": return "\n"
        case "r": return "\r"
        case "t": return "\t"
        case "v": return "\u{0B}"
        case "x": return try character(try hexadecimal(digits: 2, start), start)
        case "u": return try utf16Escape(start)
        case "k": throw noBackReference(at: start)
        case "0": return octal(0)
        case "1"..."7":
            guard let next = peek(), "0"..."7" ~= next else { throw noBackReference(at: start) }
            return octal(scalar.value - 0x30)
        case "8", "9": throw noBackReference(at: start)
        case "Z": throw invalid("use \\z for the end of the text", at: start)
        default:
            guard scalar.isASCII, scalar.value > 0x1F, scalar != "_", !scalar.properties.isAlphabetic else {
                throw invalid("unknown escape", at: start)
            }
            return scalar
        }
    }

    /// Up to two more octal digits.
    private mutating func octal(_ first: UInt32) -> Unicode.Scalar {
        var value = first
        for _ in 0..<2 {
            guard let next = peek(), "0"..."7" ~= next else { break }
            value = value * 8 + next.value - 0x30
            at += 1
        }
        return Unicode.Scalar(value)!  // At most 0o777.
    }

    /// `\u0041`, `\u{1F432}`, or the two halves of a surrogate pair, `\uD83D\uDC32` (ECMA-262).
    private mutating func utf16Escape(_ start: Int) throws(PatternError) -> Unicode.Scalar {
        var value = try hexadecimal(digits: 4, start)
        if 0xD800...0xDBFF ~= value, take("\\u") {
            let low = try hexadecimal(digits: 4, start)
            guard 0xDC00...0xDFFF ~= low else {
                throw invalid("half of a surrogate pair without the other half", at: start)
            }
            value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
        }
        return try character(value, start)
    }

    private func character(_ value: UInt32, _ start: Int) throws(PatternError) -> Unicode.Scalar {
        if let scalar = Unicode.Scalar(value) { return scalar }
        throw invalid("not a Unicode scalar", at: start)
    }

    /// The given number of digits, or any number of them in braces.
    private mutating func hexadecimal(digits: Int, _ start: Int) throws(PatternError) -> UInt32 {
        let braced = take("{")
        var value: UInt32 = 0
        var count = 0
        while braced || count < digits, let digit = peek().flatMap({ $0.isASCII ? Character($0).hexDigitValue : nil }) {
            value = min(value << 4 | UInt32(digit), 0x11_0000)
            count += 1
            at += 1
        }
        guard braced ? (count > 0 && take("}")) : count == digits else {
            throw invalid("the escape needs \(digits) hexadecimal digits, or some in braces", at: start)
        }
        return value
    }

    /// Parses `[…]`.
    mutating func bracketExpression() throws(PatternError) -> PatternSet {
        let start = at
        at += 1
        let isNegated = take("^")
        var items: [PatternSet.Item] = []
        var isFirst = true
        while isFirst || peek() != "]" {
            isFirst = false
            guard at < scalars.count else { throw invalid("this bracket is not closed", at: start) }
            if let item = try posixClass() {
                items.append(item)
            } else if let item = try classEscape() {
                items.append(item)
            } else {
                items.append(try bracketRange(start))
            }
        }
        at += 1
        return PatternSet(items, isNegated: isNegated, ignoresCase: ignoresCase)
    }

    /// One scalar or a range of them. A hyphen before the closing bracket is literal.
    private mutating func bracketRange(_ bracket: Int) throws(PatternError) -> PatternSet.Item {
        let start = at
        let first = try bracketScalar(bracket)
        guard peek() == "-", let next = peek(1), next != "]" else {
            return PatternSet.Item(ranges: [first, first])
        }
        at += 1
        let last = try bracketScalar(bracket)
        guard first <= last else { throw invalid("the range must be in ascending order", at: start) }
        return PatternSet.Item(ranges: [first, last])
    }

    private mutating func bracketScalar(_ bracket: Int) throws(PatternError) -> UInt32 {
        guard let scalar = peek() else { throw invalid("this bracket is not closed", at: bracket) }
        if scalar == "\\" { return try scalarEscape().value }
        at += 1
        return scalar.value
    }

    /// Parses `[:alpha:]` or `[:^alpha:]`; nil if there is none.
    private mutating func posixClass() throws(PatternError) -> PatternSet.Item? {
        guard !lacksClassEnd, peek() == "[", peek(1) == ":" else { return nil }
        let start = at
        guard let end = (at + 2..<scalars.count).first(where: { scalars[$0...].starts(with: [":", "]"]) }) else {
            lacksClassEnd = true
            return nil
        }
        at += 2
        let isNegated = take("^")
        let name = String(String.UnicodeScalarView(scalars[min(at, end)..<end]))
        guard let ranges = Self.posixRanges(name) else { throw invalid("unknown class", at: start) }
        at = end + 2
        return PatternSet.Item(ranges: ranges, isNegated: isNegated)
    }

    /// POSIX's classes in ASCII, and Perl's `word`.
    private static func posixRanges(_ name: String) -> [UInt32]? {
        switch name {
        case "alnum": [0x30, 0x39, 0x41, 0x5A, 0x61, 0x7A]
        case "alpha": [0x41, 0x5A, 0x61, 0x7A]
        case "ascii": [0x00, 0x7F]
        case "blank": [0x09, 0x09, 0x20, 0x20]
        case "cntrl": [0x00, 0x1F, 0x7F, 0x7F]
        case "digit": digits
        case "graph": [0x21, 0x7E]
        case "lower": [0x61, 0x7A]
        case "print": [0x20, 0x7E]
        case "punct": [0x21, 0x2F, 0x3A, 0x40, 0x5B, 0x60, 0x7B, 0x7E]
        case "space": [0x09, 0x0D, 0x20, 0x20]
        case "upper": [0x41, 0x5A]
        case "word": wordScalars
        case "xdigit": [0x30, 0x39, 0x41, 0x46, 0x61, 0x66]
        default: nil
        }
    }
}
