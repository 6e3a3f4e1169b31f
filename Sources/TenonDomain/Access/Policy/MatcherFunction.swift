/// The functions that a matcher may call, under Casbin's names and with Casbin's arguments: the text first, then the
/// pattern.
enum MatcherFunction: String, Sendable {
    case keyMatch, keyMatch2, keyMatch3, keyMatch4, keyMatch5
    case keyGet, keyGet2, keyGet3
    case regexMatch, ipMatch, globMatch

    /// How many arguments it takes.
    var width: Int { self == .keyGet2 || self == .keyGet3 ? 3 : 2 }

    /// What its second argument is compiled as; nil where nothing is compiled.
    var pattern: MatcherPattern? {
        switch self {
        case .keyMatch2: .colons
        case .keyMatch3, .keyMatch5: .braces
        case .regexMatch: .expression
        case .globMatch: .glob
        case .keyMatch, .keyMatch4, .keyGet, .keyGet2, .keyGet3, .ipMatch: nil
        }
    }
}

/// How a pattern becomes a regular expression.
enum MatcherPattern: Sendable, Hashable {
    /// One as it is, which matches anywhere in the text.
    case expression
    /// `/users/:id/*`, which covers the whole text; all else in it is a regular expression, as in Casbin.
    case colons
    /// `/users/{id}/*`, likewise.
    case braces
    /// `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders; covers the whole text.
    case glob

    /// Compiles the text; the reason why not is a sentence without a full stop.
    func compile(_ text: String) -> Result<Pattern, MatcherFault> {
        do throws(PatternError) {
            switch self {
            case .expression: return .success(try Pattern(text))
            case .colons, .braces: return .success(try Pattern("^(?:\(expression(of: text)))$"))
            case .glob:
                guard let source = GlobTranslation.expression(of: text) else {
                    return .failure(.invalidPattern("a bracket or a brace of the pattern is not closed"))
                }
                return .success(try Pattern("^(?:\(source))$"))
            }
        } catch {
            return .failure(.invalidPattern("the pattern is no regular expression: \(error.detail.dropLast())"))
        }
    }

    /// What is wrong with the text as a pattern, if anything.
    func fault(in text: String) -> String? {
        if case .failure(let fault) = compile(text) { fault.description } else { nil }
    }

    /// A parameter is one or more characters but `/`; `*` behind `/` is anything, and so is a lone `*`.
    private func expression(of text: String) -> String {
        let bytes = Array(text.utf8)
        if bytes == [UInt8(ascii: "*")] { return ".*" }
        var result: [UInt8] = []
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: "/*".utf8) {
                result += "/.*".utf8
                at += 2
            } else if let end = KeyTemplate.parameterEnd(bytes, at, inBraces: self == .braces) {
                result += "[^/]+".utf8
                at = end
            } else {
                result.append(bytes[at])
                at += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }
}

/// A key with parameters, for the functions that look at what the parameters stand for. All else in it is literal.
struct KeyTemplate {
    private enum Part {
        case literal(UInt8)
        case parameter(String)
        case wildcard
    }

    /// The most parts times bytes that a match may look at.
    private static let maxSteps = 1_000_000

    private var parts: [Part] = []

    /// Nil where it has more parts than can be matched.
    init?(_ text: String, inBraces: Bool) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 1024 else { return nil }
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: "/*".utf8) {
                parts += [.literal(bytes[at]), .wildcard]
                at += 2
            } else if let end = Self.parameterEnd(bytes, at, inBraces: inBraces) {
                let name = bytes[(at + 1)..<(inBraces ? end - 1 : end)]
                parts.append(.parameter(String(decoding: name, as: UTF8.self)))
                at = end
            } else {
                parts.append(.literal(bytes[at]))
                at += 1
            }
        }
    }

    /// Where the parameter that begins here ends: `:name` before the next `/`, `{name}` behind its brace; nil where
    /// none begins.
    static func parameterEnd(_ bytes: [UInt8], _ start: Int, inBraces: Bool) -> Int? {
        let slash = UInt8(ascii: "/")
        if inBraces {
            guard bytes[start] == .openBrace, start + 1 < bytes.count, bytes[start + 1] != slash else { return nil }
            let end = bytes[(start + 2)...].firstIndex { $0 == .closeBrace || $0 == slash }
            return end.flatMap { bytes[$0] == .closeBrace ? $0 + 1 : nil }
        }
        guard bytes[start] == .colon, start + 1 < bytes.count, bytes[start + 1] != slash else { return nil }
        return bytes[start...].firstIndex(of: slash) ?? bytes.count
    }

    /// What each parameter stands for, the earlier ones taking as much as they can, or as little; nil where the text
    /// does not match.
    func match(_ text: String, isGreedy: Bool) throws(MatcherFault) -> [(name: String, value: String)]? {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxSteps / (parts.count + 1) else { throw .tooMuchWork }
        var failed: Set<Int> = []
        var found: [(name: String, value: String)] = []
        /// Whether the parts from here on match what is left of the text; their parameters are found last to first.
        func matches(_ part: Int, _ start: Int) -> Bool {
            var (part, start) = (part, start)
            while part < parts.count, case .literal(let byte) = parts[part] {
                guard start < bytes.count, bytes[start] == byte else { return false }
                (part, start) = (part + 1, start + 1)
            }
            guard part < parts.count else { return start == bytes.count }
            let place = part * (bytes.count + 1) + start
            if failed.contains(place) { return false }
            let least: Int
            let most: Int
            switch parts[part] {
            case .wildcard: (least, most) = (start, bytes.count)
            case .parameter, .literal:
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
                (least, most) = (start + 1, end)
            }
            guard least <= most else { return false }
            for step in 0...(most - least) {
                let end = isGreedy ? most - step : least + step
                guard matches(part + 1, end) else { continue }
                if case .parameter(let name) = parts[part] {
                    found.append((name, String(decoding: bytes[start..<end], as: UTF8.self)))
                }
                return true
            }
            failed.insert(place)
            return false
        }
        return matches(0, 0) ? found.reversed() : nil
    }
}

/// Globs as regular expressions.
enum GlobTranslation {
    /// Nil where a bracket or a brace is not closed.
    static func expression(of glob: String) -> String? {
        let scalars = Array(glob.unicodeScalars)
        var result = ""
        var braces = 0
        var at = 0
        while at < scalars.count {
            let scalar = scalars[at]
            let isAtStart = at == 0 || scalars[at - 1] == "/"
            switch scalar {
            case "/" where scalars[(at + 1)...].elementsEqual("**".unicodeScalars):
                result += "(?:/.*)?"
                at = scalars.count
                continue
            case "*" where isAtStart && scalars[at...].elementsEqual("**".unicodeScalars):
                result += ".*"
                at += 1
            case "*" where isAtStart && scalars[at...].starts(with: "**/".unicodeScalars):
                result += "(?:[^/]*/)*"
                at += 2
            case "*": result += "[^/]*"
            case "?": result += "[^/]"
            case "[":
                guard let end = bracket(scalars, at, &result) else { return nil }
                at = end
                continue
            case "{":
                braces += 1
                result += "(?:"
            case "}" where braces > 0:
                braces -= 1
                result += ")"
            case "," where braces > 0: result += "|"
            case "\\" where at + 1 < scalars.count:
                at += 1
                result += quoted(scalars[at])
            default: result += quoted(scalar)
            }
            at += 1
        }
        return braces == 0 ? result : nil
    }

    /// Writes the class that begins here; answers where it ends. It never has `/`.
    private static func bracket(_ scalars: [Unicode.Scalar], _ start: Int, _ result: inout String) -> Int? {
        var at = start + 1
        let isNegated = at < scalars.count && (scalars[at] == "!" || scalars[at] == "^")
        if isNegated { at += 1 }
        var ranges: [(Unicode.Scalar, Unicode.Scalar)] = []
        func one() -> Unicode.Scalar? {
            if at < scalars.count, scalars[at] == "\\" { at += 1 }
            guard at < scalars.count else { return nil }
            at += 1
            return scalars[at - 1]
        }
        while at < scalars.count, scalars[at] != "]" || ranges.isEmpty {
            guard let first = one() else { return nil }
            var last = first
            if at + 1 < scalars.count, scalars[at] == "-", scalars[at + 1] != "]" {
                at += 1
                guard let end = one(), first <= end else { return nil }
                last = end
            }
            ranges.append((first, last))
        }
        guard at < scalars.count else { return nil }
        if isNegated {
            result += "[^/" + ranges.map(range).joined() + "]"
        } else {
            // A range with `/` inside is two, so that a class never matches it.
            let slash: Unicode.Scalar = "/"
            var kept: [(Unicode.Scalar, Unicode.Scalar)] = []
            for (first, last) in ranges {
                if first < slash { kept.append((first, min(last, "."))) }
                if last > slash { kept.append((max(first, "0"), last)) }
            }
            result += kept.isEmpty ? "[^\\x{0}-\\x{10FFFF}]" : "[" + kept.map(range).joined() + "]"
        }
        return at + 1
    }

    private static func range(_ first: Unicode.Scalar, _ last: Unicode.Scalar) -> String {
        "\\x{\(String(first.value, radix: 16))}-\\x{\(String(last.value, radix: 16))}"
    }

    /// The scalar as a regular expression of itself.
    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        scalar.isASCII && !UInt8(scalar.value).isNameByte
            ? "\\x{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
}
