internal import TenonKit

/// The functions that a matcher can call, with Casbin's names and arguments: the text first, then the pattern.
enum MatcherFunction: String, Sendable {
    case keyMatch, keyMatch2, keyMatch3, keyMatch4, keyMatch5
    case keyGet, keyGet2, keyGet3
    case regexMatch, ipMatch, globMatch

    /// The number of arguments.
    var width: Int { self == .keyGet2 || self == .keyGet3 ? 3 : 2 }

    /// How its second argument is compiled; nil if it is not compiled.
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
    /// A regular expression that matches anywhere in the text.
    case expression
    /// `/users/:id/*`, which covers the whole text; as in Casbin, the rest is a regular expression.
    case colons
    /// `/users/{id}/*`, likewise.
    case braces
    /// `*`, `?`, `[a-z]`, `{a,b}`, and `**` for any number of folders; covers the whole text.
    case glob

    /// Compiles the text. The error is a sentence without a full stop.
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
            return .failure(
                .invalidPattern("the pattern is not a valid regular expression: \(error.detail.dropLast())"))
        }
    }

    /// The error of the text as a pattern, if any.
    func fault(in text: String) -> String? {
        if case .failure(let fault) = compile(text) { fault.description } else { nil }
    }

    /// A parameter is one or more characters except `/`; `*` after `/`, and a lone `*`, match anything.
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
