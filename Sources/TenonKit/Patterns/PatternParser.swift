/// Parses a pattern's source by recursive descent, and measures it meanwhile: counted repetitions are multiplied, not
/// expanded. Escapes and bracket expressions are in `PatternEscapes.swift`.
struct PatternParser {
    /// A part and its number of instructions.
    private struct Part {
        var node: PatternNode
        var size: Int
    }

    private struct Flags {
        var ignoresCase = false
        var dotMatchesNewline = false
        var isMultiline = false
    }

    let scalars: [Unicode.Scalar]
    let dialect: Pattern.Dialect
    var at = 0
    /// The sets that `PatternNode.set` refers to.
    private(set) var sets: [PatternSet] = []
    private var flags = Flags()
    /// Between `\Q` and `\E`.
    private var isQuoting = false
    private var nesting = 0
    /// After one search for `:]` failed, no further ones are made; otherwise `[[:[:[:…` would take quadratic time.
    var lacksClassEnd = false
    private var groupNames: Set<String> = []

    var ignoresCase: Bool { flags.ignoresCase }

    init(_ source: String, as dialect: Pattern.Dialect = .re2) throws(PatternError) {
        self.dialect = dialect
        scalars = Array(source.unicodeScalars.prefix(Pattern.maxLength + 1))
        guard scalars.count <= Pattern.maxLength else {
            throw PatternError(
                .patternTooLong, "a pattern must be at most \(Pattern.maxLength) characters", at: Pattern.maxLength)
        }
    }

    mutating func parse() throws(PatternError) -> PatternNode {
        let part = try alternation()
        guard at == scalars.count else { throw invalid("unmatched closing parenthesis", at: at) }
        return part.node
    }

    func invalid(_ sentence: String, at offset: Int) -> PatternError {
        PatternError(.invalidPattern, sentence, at: offset)
    }

    /// The scalar here, or `ahead` further on.
    func peek(_ ahead: Int = 0) -> Unicode.Scalar? {
        at + ahead < scalars.count ? scalars[at + ahead] : nil
    }

    /// Skips the text if it is next.
    mutating func take(_ text: String) -> Bool {
        guard scalars[at...].starts(with: text.unicodeScalars) else { return false }
        at += text.unicodeScalars.count
        return true
    }

    private mutating func alternation() throws(PatternError) -> Part {
        let first = try concatenation()
        guard peek() == "|" else { return first }
        var branches = [first.node]
        var size = first.size
        while take("|") {
            let branch = try concatenation()
            branches.append(branch.node)
            size += branch.size + 1
        }
        return try measured(.alternation(branches), size)
    }

    private mutating func concatenation() throws(PatternError) -> Part {
        var nodes: [PatternNode] = []
        var size = 0
        while let scalar = peek(), isQuoting || (scalar != "|" && scalar != ")") {
            guard var part = try atom() else { continue }
            if isQuoting, take("\\E") { isQuoting = false }
            if !isQuoting { part = try repeated(part) }
            nodes.append(part.node)
            size += part.size
        }
        return try measured(nodes.count == 1 ? nodes[0] : .concatenation(nodes), size)
    }

    /// Every part is created here, so that no size exceeds the limit.
    private func measured(_ node: PatternNode, _ size: Int) throws(PatternError) -> Part {
        guard size <= Pattern.maxInstructions else {
            throw PatternError(
                .patternTooLarge, "the pattern is too large with its repetitions expanded", at: at)
        }
        return Part(node: node, size: size)
    }

    /// The smallest repeatable part; nil for flags and quoting.
    private mutating func atom() throws(PatternError) -> Part? {
        let start = at
        let scalar = scalars[at]
        if isQuoting {
            if take("\\E") {
                isQuoting = false
                return nil
            }
            at += 1
            return literal(scalar)
        }
        switch scalar {
        case "(": return try group()
        case "[": return set(try bracketExpression())
        case "\\": return try escape()
        case "*", "+", "?", "{":
            if try repetition() != nil { throw invalid("nothing to repeat", at: start) }
        default: break
        }
        at += 1
        switch scalar {
        case ".":
            if flags.dotMatchesNewline { return Part(node: .range(0, 0x10FFFF), size: 1) }
            return set(PatternSet([PatternSet.Item(ranges: lineEnds)], isNegated: true, ignoresCase: false))
        case "^": return assertion(flags.isMultiline ? .lineStart : .textStart)
        case "$": return assertion(flags.isMultiline ? .lineEnd : .textEnd)
        default: return literal(scalar)
        }
    }

    private mutating func escape() throws(PatternError) -> Part? {
        if take("\\Q") {
            isQuoting = true
            return nil
        }
        if take("\\A") { return assertion(.textStart) }
        if take("\\z") { return assertion(.textEnd) }
        if take("\\b") { return assertion(.wordBoundary) }
        if take("\\B") { return assertion(.notWordBoundary) }
        if let item = try classEscape() {
            return set(PatternSet([item], isNegated: false, ignoresCase: flags.ignoresCase))
        }
        return literal(try scalarEscape())
    }

    private func assertion(_ assertion: PatternAssertion) -> Part { Part(node: .assertion(assertion), size: 1) }

    private mutating func set(_ set: PatternSet) -> Part {
        sets.append(set)
        return Part(node: .set(sets.count - 1), size: 1)
    }

    private mutating func literal(_ scalar: Unicode.Scalar) -> Part {
        if flags.ignoresCase, let variants = CaseVariants.of(scalar.value) {
            let item = PatternSet.Item(ranges: variants.flatMap { [$0, $0] })
            return set(PatternSet([item], isNegated: false, ignoresCase: false))
        }
        return Part(node: .range(scalar.value, scalar.value), size: 1)
    }

    /// The part with its following repetition, if any.
    private mutating func repeated(_ part: Part) throws(PatternError) -> Part {
        guard let (least, most) = try repetition() else { return part }
        _ = take("?")
        let second = at
        if try repetition() != nil {
            throw invalid("a repetition cannot be repeated; put it in a group", at: second)
        }
        // An empty part counts too, otherwise repetitions of it could nest without limit.
        let body = max(part.size, 1)
        let size = least * body + (most.map { ($0 - least) * (body + 1) } ?? (least == 0 ? body + 1 : 1))
        return try measured(.repetition(part.node, least: least, most: most), size)
    }

    /// Parses `*`, `+`, `?`, `{n}`, `{n,}` or `{n,m}`; nil if there is none, for example before a literal brace.
    private mutating func repetition() throws(PatternError) -> (least: Int, most: Int?)? {
        if take("*") { return (0, nil) }
        if take("+") { return (1, nil) }
        if take("?") { return (0, 1) }
        let start = at
        guard take("{"), let least = number() else {
            at = start
            return nil
        }
        var most: Int? = least
        if take(",") { most = number() }
        guard take("}") else {
            at = start
            return nil
        }
        guard max(least, most ?? 0) <= 1000 else { throw invalid("a count must be at most 1000", at: start) }
        guard most ?? least >= least else { throw invalid("the counts must be in ascending order", at: start) }
        return (least, most)
    }

    /// Decimal digits; stops counting beyond a million.
    private mutating func number() -> Int? {
        var value: Int?
        while let scalar = peek(), "0"..."9" ~= scalar {
            value = min((value ?? 0) * 10 + Int(scalar.value - 0x30), 1_000_000)
            at += 1
        }
        return value
    }

    /// The contents of parentheses; nil for flags alone.
    private mutating func group() throws(PatternError) -> Part? {
        let start = at
        let outer = flags
        at += 1
        if take("?"), try !groupOpening(start) { return nil }
        guard nesting < Pattern.maxNesting else {
            throw PatternError(.nestingTooDeep, "groups are nested too deeply", at: start)
        }
        nesting += 1
        defer { nesting -= 1 }
        let part = try alternation()
        guard take(")") else { throw invalid("this parenthesis is not closed", at: start) }
        flags = outer
        return part
    }

    /// Parses the text after `(?`: returns whether a group's content follows.
    private mutating func groupOpening(_ start: Int) throws(PatternError) -> Bool {
        for opening in ["=", "!", "<=", "<!"] where take(opening) {
            throw PatternError(
                .lookAround,
                "look-around is not supported, because it cannot be matched in linear time; in a JSON Schema, combine "
                    + "several patterns with allOf", at: start)
        }
        if take("P=") { throw noBackReference(at: start) }
        if take("P<") || take("<") {
            try groupName(start)
            return true
        }
        var value = true
        var count = 0
        while let scalar = peek() {
            at += 1
            switch scalar {
            case "i": flags.ignoresCase = value
            case "s": flags.dotMatchesNewline = value
            case "m": flags.isMultiline = value
            case "U": break  // Swaps greedy and lazy, which does not change whether a text matches.
            case "-" where value:
                value = false
                count = -1
            case ":" where value || count > 0: return true
            case ")" where value || count > 0: return false
            default: throw invalid("unknown kind of group", at: start)
            }
            count += 1
        }
        throw invalid("this parenthesis is not closed", at: start)
    }

    private mutating func groupName(_ start: Int) throws(PatternError) {
        var name = ""
        while let scalar = peek(), scalar != ">" {
            guard scalar.isASCII, scalar == "_" || scalar.properties.isAlphabetic || "0"..."9" ~= scalar else {
                throw invalid("a group's name must consist of letters, digits and underscores", at: at)
            }
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard take(">"), !name.isEmpty else { throw invalid("the group's name is missing or not closed", at: start) }
        guard groupNames.insert(name).inserted else { throw invalid("duplicate group name", at: start) }
    }

    func noBackReference(at offset: Int) -> PatternError {
        PatternError(
            .backReference, "back-references are not supported, because they cannot be matched in linear time",
            at: offset)
    }
}
