internal import TenonDomain
internal import TenonKit
internal import TenonYAML

enum DocumentTargets {
    private static let documents = ConfigDocuments(yaml: CoreSchemaYAML())

    /// Lines that are read are written and read again with the same texts.
    static func lines(_ bytes: UnsafeRawBufferPointer) {
        guard let items = items(of: bytes, as: .env) else { return }
        // Only what is a key is ever written.
        let entries = items.compactMap { item -> JSONObject? in
            guard case .text(let text) = item.content else { fatalError("a line's value is no text") }
            return (try? ConfigKey(item.key)) == nil ? nil : entry(item.key, .string(text))
        }
        let again = written(entries, as: .env)
        precondition(again.count == entries.count, "a line is lost")
        for (item, entry) in zip(again, entries) {
            guard case .text(let text) = item.content else { fatalError("a line's value is no text") }
            precondition(entry["value"] == .string(text), "written, it is another text")
        }
    }

    /// Documents in JSON have their values in every format.
    static func json(_ bytes: UnsafeRawBufferPointer) {
        guard let items = items(of: bytes, as: .json) else { return }
        checkValues(items)
    }

    /// Documents in YAML have their values in every format; what is printed is the same value.
    static func yaml(_ bytes: UnsafeRawBufferPointer) {
        let codec = CoreSchemaYAML()
        if let tree = try? codec.parse(Array(bytes), limits: JSONLimits()) {
            guard let again = try? codec.parse(codec.print(tree.value), limits: JSONLimits()) else {
                fatalError("what was printed does not parse")
            }
            precondition(again.value.encoded() == tree.value.encoded(), "printed, it is another value")
            precondition(tree.memberLines.count == tree.value.objectValue?.count ?? 0, "a member has no line")
            precondition(tree.configLines.count <= tree.value["configs"]?.arrayValue?.count ?? 0, "too many lines")
        }
        guard let items = items(of: bytes, as: .yaml) else { return }
        checkValues(items)
    }

    private static func checkValues(_ items: [ConfigDocumentItem]) {
        let entries = items.map { item -> JSONObject in
            switch item.content {
            case .value(let value): entry(item.key, value)
            case .entry(let entry): entry
            case .text: fatalError("a value of JSON is no text")
            }
        }
        // Deeper than an entry's value may be, so that it cannot stand in the full form.
        let isTooDeep = entries.contains { entry in
            (try? JSONParser.parse(JSONValue.object(entry).encoded(), limits: JSONLimits(depth: 65))) == nil
        }
        if isTooDeep { return }
        for format in [ConfigFormat.json, .yaml] {
            let again = written(entries, as: format)
            precondition(again.count == entries.count, "an entry is lost")
            for (item, entry) in zip(again, entries) {
                guard case .entry(let read) = item.content else { fatalError("this is the full form") }
                precondition(
                    JSONValue.object(read).encoded() == JSONValue.object(entry).encoded(), "it is another entry")
            }
        }
    }

    private static func entry(_ key: String, _ value: JSONValue) -> JSONObject {
        var entry = JSONObject()
        entry["key"] = .string(key)
        entry["value"] = value
        return entry
    }

    /// What an export of the entries reads as.
    private static func written(_ entries: [JSONObject], as format: ConfigFormat) -> [ConfigDocumentItem] {
        // In lines a member `masked` would leave the value out; none of them has one.
        let bytes = documents.write(ConfigExport(namespace: "n", revision: 1, entries: entries), as: format)
        do throws(Failure) {
            return try documents.read(bytes, as: format)
        } catch {
            fatalError("what was written is refused: \(error.detail)")
        }
    }

    /// The items; a refusal says where and why.
    private static func items(of bytes: UnsafeRawBufferPointer, as format: ConfigFormat) -> [ConfigDocumentItem]? {
        do throws(Failure) {
            let items = try documents.read(Array(bytes), as: format)
            // YAML has more ends of lines than LF, and merge keys bring members from above.
            let last = format == .yaml ? bytes.count + 1 : bytes.count { $0 == 0x0A } + 1
            precondition(items.allSatisfy { (1...last).contains($0.line) }, "the line is outside the document")
            let isInOrder = zip(items, items.dropFirst()).allSatisfy { $0.line <= $1.line }
            precondition(isInOrder || format == .yaml, "lines go backwards")
            return items
        } catch {
            precondition(!error.violations.isEmpty, "a refusal says what is wrong")
            for violation in error.violations {
                precondition(violation.detail.hasPrefix("Line ") && violation.detail.hasSuffix("."), "there is no line")
            }
            return nil
        }
    }
}
