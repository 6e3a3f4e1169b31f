internal import TenonKit

/// Parses the definitions of a model's text, and then their contents.
struct PolicyModelParser {
    /// A definition: its whole text, and the position of the value in it.
    private struct Definition {
        let source: SourceText
        let value: Range<Int>

        var text: String { source.text(value) }
        var place: TextPlace { source.place(of: value.lowerBound) }
    }

    /// The letter that the keys of each section begin with.
    private static let sections: [(name: String, letter: String)] = [
        ("request_definition", "r"), ("policy_definition", "p"), ("role_definition", "g"), ("policy_effect", "e"),
        ("matchers", "m"),
    ]

    private var definitions: [String: Definition] = [:]
    private var end = TextPlace(line: 1, column: 1)

    init(_ text: String) throws(PolicySyntaxError) {
        guard text.utf8.count <= PolicyModel.maxBytes else {
            throw PolicySyntaxError(
                .tooLarge, "a model must be at most \(PolicyModel.maxBytes) bytes", at: TextPlace(line: 1, column: 1))
        }
        var section: String?
        var pending = SourceText()
        let lines = Array(text.utf8).split(separator: .newline, omittingEmptySubsequences: false)
        for (index, whole) in lines.enumerated() {
            end = TextPlace(line: index + 1, column: 1)
            let blanks = whole.prefix { $0.isBlank }.count
            var line = whole.dropFirst(blanks)
            while line.last?.isBlank == true { line.removeLast() }
            let place = TextPlace(line: index + 1, column: blanks + 1)
            if line.isEmpty || line.first?.beginsComment == true {
                try define(&pending, in: section)
            } else if line.first == .openBracket, line.last == .closeBracket {
                try define(&pending, in: section)
                section = try Self.letter(String(decoding: line.dropFirst().dropLast(), as: UTF8.self), place)
            } else {
                let goesOn = line.last == .backslash
                if goesOn { line.removeLast() }
                line = line.prefix { !$0.beginsComment }
                pending.append(line, at: place)
                // A space separates the pieces, so that words stay separate.
                if goesOn { pending.append([0x20], at: place) } else { try define(&pending, in: section) }
            }
        }
        try define(&pending, in: section)
    }

    private static func letter(_ section: String, _ place: TextPlace) throws(PolicySyntaxError) -> String {
        guard let letter = sections.first(where: { $0.name == section })?.letter else {
            throw PolicySyntaxError(
                .invalidModel, "a section must be one of \(sections.map { "[\($0.name)]" }.joined(separator: ", "))",
                at: place)
        }
        return letter
    }

    private mutating func define(_ pending: inout SourceText, in section: String?) throws(PolicySyntaxError) {
        defer { pending = SourceText() }
        let source = pending
        let whole = source.trimmed(0..<source.bytes.count)
        guard !whole.isEmpty else { return }
        let place = source.place(of: whole.lowerBound)
        guard let section else {
            throw PolicySyntaxError(.invalidModel, "expected a section such as [request_definition]", at: place)
        }
        guard let divider = source.bytes.firstIndex(of: UInt8(ascii: "=")) else {
            throw PolicySyntaxError(.invalidModel, "expected 'name = definition'", at: place)
        }
        let key = source.text(source.trimmed(0..<divider))
        let suffix = key.utf8.dropFirst()
        guard key.utf8.prefix(1).elementsEqual(section.utf8), suffix.isEmpty || Self.isSuffix(suffix) else {
            throw PolicySyntaxError(
                .invalidModel, "the definitions of this section must be named \(section), \(section)2, \(section)3, …",
                at: place)
        }
        guard definitions[key] == nil else {
            throw PolicySyntaxError(.invalidModel, "\(key) is defined more than once", at: place)
        }
        let value = source.trimmed(divider + 1..<whole.upperBound)
        guard !value.isEmpty else {
            throw PolicySyntaxError(.invalidModel, "the definition must not be empty", at: place)
        }
        definitions[key] = Definition(source: source, value: value)
    }

    /// A number from 2 to 99.
    private static func isSuffix(_ text: Substring.UTF8View) -> Bool {
        guard text.count <= 2, let number = Int(String(Substring(text))) else { return false }
        return number >= 2 && text.first != .digit0 && text.allSatisfy(\.isDigit)
    }

    func roleDefinitions() throws(PolicySyntaxError) -> [PolicyModel.RoleDefinition] {
        var found: [PolicyModel.RoleDefinition] = []
        for (key, definition) in definitions.sorted(by: { $0.key < $1.key }) where key.utf8.first == UInt8(ascii: "g") {
            // A trailing comma is ignored, as in Casbin.
            var shape = definition.text.utf8.filter { !$0.isBlank }[...]
            if shape.last == .comma { shape.removeLast() }
            let times = Array(",(_,_)".utf8)
            let isTimed = shape.suffix(times.count).elementsEqual(times)
            if isTimed { shape.removeLast(times.count) }
            let hasDomain = shape.elementsEqual("_,_,_".utf8)
            guard hasDomain || shape.elementsEqual("_,_".utf8) else {
                throw PolicySyntaxError(
                    .invalidModel,
                    "a role relation must be '_, _', or '_, _, _' with domains, optionally with ', (_, _)' for "
                        + "limited periods", at: definition.place)
            }
            found.append(PolicyModel.RoleDefinition(name: key, hasDomain: hasDomain, isTimed: isTimed))
        }
        return found
    }

    /// One for each matcher, and the errors of the others. Fails if the matcher without a number is invalid, or if none
    /// is left.
    func contexts(
        _ roles: [PolicyModel.RoleDefinition]
    ) throws(PolicySyntaxError) -> ([String: PolicyModel.Context], [String: PolicySyntaxError]) {
        var contexts: [String: PolicyModel.Context] = [:]
        var faults: [String: PolicySyntaxError] = [:]
        for (key, matcher) in definitions where key.utf8.first == UInt8(ascii: "m") {
            let suffix = String(key.dropFirst())
            do throws(PolicySyntaxError) {
                contexts[suffix] = try context(suffix, matcher, roles)
            } catch {
                faults[suffix] = error
            }
        }
        let first = faults.min { $0.key < $1.key }
        if let first, first.key.isEmpty || contexts.isEmpty { throw first.value }
        guard !contexts.isEmpty else { throw missing("m") }
        return (contexts, faults)
    }

    /// A missing numbered definition falls back to the one without a number.
    private func context(
        _ suffix: String, _ matcher: Definition, _ roles: [PolicyModel.RoleDefinition]
    ) throws(PolicySyntaxError) -> PolicyModel.Context {
        let (requestType, request) = try definition("r", suffix)
        let (ruleType, rule) = try definition("p", suffix)
        let (_, effect) = try definition("e", suffix)
        guard let merge = PolicyEffect(effect.text, rule: ruleType) ?? PolicyEffect(effect.text, rule: "p") else {
            throw PolicySyntaxError(
                .invalidModel, "must be one of the five effects, such as 'some(where (p.eft == allow))'",
                at: effect.place)
        }
        let names = MatcherNames(
            requestType: requestType, request: try Self.fields(request), ruleType: ruleType,
            rule: try Self.fields(rule), roles: roles)
        var parser = MatcherParser(matcher.source, matcher.value, names, isCondition: false)
        return PolicyModel.Context(
            request: names.request, rule: names.rule, ruleType: ruleType, effect: merge,
            matcher: try parser.expression(), names: names)
    }

    /// The type of the set's rules.
    func ruleType(of suffix: String) -> String { definitions["p" + suffix] == nil ? "p" : "p" + suffix }

    private func definition(_ letter: String, _ suffix: String) throws(PolicySyntaxError) -> (String, Definition) {
        if let found = definitions[letter + suffix] { return (letter + suffix, found) }
        guard let found = definitions[letter] else { throw missing(letter) }
        return (letter, found)
    }

    private func missing(_ letter: String) -> PolicySyntaxError {
        let section = Self.sections.first { $0.letter == letter }?.name ?? ""
        return PolicySyntaxError(.invalidModel, "[\(section)] with '\(letter) = …' is missing", at: end)
    }

    /// The names that a request's or a rule's definition lists.
    private static func fields(_ definition: Definition) throws(PolicySyntaxError) -> [String] {
        var names: [String] = []
        for part in definition.source.split(definition.value, at: .comma) {
            let name = definition.source.text(part)
            let place = definition.source.place(of: part.lowerBound)
            guard let first = name.utf8.first, !first.isDigit, name.utf8.allSatisfy(\.isNameByte) else {
                throw PolicySyntaxError(
                    .invalidModel, "expected a name of ASCII letters, digits and '_'", at: place)
            }
            guard !names.contains(name) else {
                throw PolicySyntaxError(.invalidModel, "duplicate name \(name)", at: place)
            }
            names.append(name)
        }
        return names
    }
}

extension UInt8 {
    fileprivate var beginsComment: Bool { self == UInt8(ascii: "#") || self == UInt8(ascii: ";") }
}
