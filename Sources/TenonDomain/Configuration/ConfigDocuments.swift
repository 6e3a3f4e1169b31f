public import TenonKit

/// Reads and writes documents of entries.
///
/// In JSON and YAML a document has one of two forms. The plain form is an object whose members are keys and values. The
/// full form is an object with an array `configs` of objects, each with a string `key`; `namespace` and `revision` are
/// allowed beside it and ignored. So a plain document cannot have a key `configs` whose value is an array.
public struct ConfigDocuments: Sendable {
    /// The maximum number of items in a document.
    public static let maxItems = ConfigRevision.maxChanges
    /// An entry's value may be nested 64 deep, within the object, the array and the entry. A complete entry has about
    /// ten values, plus its schema, tags and a JSON value.
    static let limits = JSONLimits(depth: 67, values: 40 * maxItems)

    private let yaml: any YAMLCodec

    public init(yaml: any YAMLCodec) {
        self.yaml = yaml
    }

    /// The items in document order; a byte order mark is ignored. Fails as `.invalid`, with violations whose detail
    /// begins with "Line N: …", and like `RequestBudget.spend`.
    public func read(
        _ bytes: [UInt8], as format: ConfigFormat, charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> [ConfigDocumentItem] {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        switch format {
        case .json: return try Self.items(of: ConfigDocumentJSON.parse(bytes, limits: Self.limits, charging: budget))
        case .yaml: return try Self.items(of: yaml.parse(bytes, limits: Self.limits, charging: budget))
        case .env:
            try budget.spend(bytes.count / 2)
            return try DotEnv.read(bytes)
        }
    }

    /// The full form as JSON or YAML, or `KEY=value` lines with masked values as comments. `read` returns the same
    /// entries, and for lines the values' texts.
    public func write(_ export: ConfigExport, as format: ConfigFormat) -> [UInt8] {
        let document: JSONValue = [
            "namespace": .string(export.namespace), "revision": .integer(export.revision),
            "configs": .array(export.entries.map { .object($0) }),
        ]
        return switch format {
        case .json: Array((document.pretty() + "\n").utf8)
        case .yaml: yaml.print(document)
        case .env: DotEnv.write(export.entries)
        }
    }

    private static func items(of tree: ConfigDocumentTree) throws(Failure) -> [ConfigDocumentItem] {
        guard case .object(let members) = tree.value else {
            throw .invalid([.inDocument(line: 1, code: "invalid_document", "expected an object of keys and values")])
        }
        guard let place = members.firstIndex(where: { $0.name == "configs" }),
            case .array(let entries) = members[place].value
        else {
            let items = zip(members, tree.memberLines).map { member, line in
                ConfigDocumentItem(
                    key: member.name, line: line, pointer: Violation.pointer(to: member.name),
                    content: .value(member.value))
            }
            return try checked(items)
        }
        var violations: [Violation] = []
        for (member, line) in zip(members, tree.memberLines)
        where !["namespace", "revision", "configs"].contains(member.name) {
            if violations.count >= Violation.maxNamed { break }
            violations.append(
                .inDocument(
                    line: line, pointer: Violation.pointer(to: member.name), code: "unknown_member",
                    "only 'namespace' and 'revision' are allowed beside the array 'configs'"))
        }
        var items: [ConfigDocumentItem] = []
        for (index, entry) in entries.enumerated() {
            let line = index < tree.configLines.count ? tree.configLines[index] : tree.memberLines[place]
            let pointer = "/configs/\(index)"
            if case .object(let entry) = entry, case .string(let key)? = entry["key"] {
                items.append(ConfigDocumentItem(key: key, line: line, pointer: pointer, content: .entry(entry)))
            } else {
                violations.append(
                    .inDocument(
                        line: line, pointer: pointer, code: "invalid_entry",
                        "expected an object with a string 'key'"))
                if violations.count >= Violation.maxNamed { break }
            }
        }
        return try checked(items, violations)
    }

    /// The items, if they are valid together.
    static func checked(
        _ items: [ConfigDocumentItem], _ violations: [Violation] = []
    ) throws(Failure) -> [ConfigDocumentItem] {
        if items.count > maxItems {
            let first = items[maxItems]
            throw .invalid([
                .inDocument(
                    line: first.line, pointer: first.pointer, code: "too_many_items",
                    "a document must have at most \(maxItems) keys")
            ])
        }
        var violations = violations
        // Compared as an object compares names: by their bytes.
        var lines = JSONObject()
        for item in items where !lines.insert(.integer(Int64(item.line)), named: item.key) {
            let first = items.first { sameBytes($0.key, item.key) }?.line ?? item.line
            violations.append(.duplicateKey(item.key, line: item.line, first: first, pointer: item.pointer))
            if violations.count >= Violation.maxNamed { break }
        }
        guard violations.isEmpty else { throw .invalid(Array(violations.prefix(Violation.maxNamed))) }
        return items
    }
}

extension DotEnv {
    /// The items in the order of the lines. Fails as `.invalid` with violations whose detail begins with "Line N: …".
    public static func read(_ bytes: [UInt8]) throws(Failure) -> [ConfigDocumentItem] {
        let lines: [Line]
        do throws(Violation) {
            lines = try Self.lines(of: bytes, limit: ConfigDocuments.maxItems)
        } catch {
            throw .invalid([error])
        }
        return try ConfigDocuments.checked(
            lines.map { line in
                ConfigDocumentItem(
                    key: line.key, line: line.number, pointer: Violation.pointer(to: line.key),
                    content: .text(line.text))
            })
    }
}
