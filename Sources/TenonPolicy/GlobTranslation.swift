/// Translates globs to regular expressions.
enum GlobTranslation {
    /// Nil if a bracket or a brace is not closed.
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

    /// Writes the class that begins here and returns its end. A class never contains `/`.
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
            // A range across `/` is split in two, so that a class never matches it.
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

    /// A regular expression that matches the scalar itself.
    private static func quoted(_ scalar: Unicode.Scalar) -> String {
        scalar.isASCII && !UInt8(scalar.value).isNameByte
            ? "\\x{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
}
