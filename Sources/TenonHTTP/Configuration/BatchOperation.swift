internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// One change in a batch.
struct BatchOperation: ObjectFieldValue {
    enum Kind: String, ChoiceFieldValue {
        case put, patch, delete
    }

    private let kind: Kind
    private let key: ConfigKey
    private let precondition: Precondition
    private let patch: ConfigPatch

    static var exampleMembers: Set<String> { ["value", "value_type"] }

    /// A put has all members of an entry but its key, and a deletion none.
    static var relations: JSONObject {
        func only(_ kind: Kind, _ others: JSONObject = JSONObject()) -> JSONObject {
            var properties = others
            properties["op"] = ["type": "string", "const": .string(kind.rawValue)]
            var schema = JSONObject()
            schema["properties"] = .object(properties)
            return schema
        }
        var put = only(.put)
        put["required"] = ["value", "value_type"]
        for (keyword, value) in ConfigContent.relations { put[keyword] = value }
        var absent = JSONObject()
        for name in ["value", "validation_schema", "description", "tags"] { absent[name] = false }
        for name in ["value_type", "is_secret"] { absent[name] = ["type": "null"] }
        var keywords = JSONObject()
        keywords["oneOf"] = [
            .object(put), .object(only(.patch, ConfigPatch.valueStays)), .object(only(.delete, absent)),
        ]
        return keywords
    }

    init(from fields: inout FieldReader) {
        kind = fields.required("op")
        key = fields.required("key")
        let version: VersionNumber? = fields.optional("if_match")
        precondition = version.map { .versions([$0.number]) } ?? .none
        patch = ConfigPatch(from: &fields, takesNull: kind != .patch)
    }

    /// Validates the operation as a whole, with pointers from it. Compiles schemas and validates values, so it is
    /// charged.
    func edit(charging budget: RequestBudget) throws(Failure) -> ConfigEdit {
        ConfigEdit(key, try editKind(charging: budget), if: precondition)
    }

    private func editKind(charging budget: RequestBudget) throws(Failure) -> ConfigEdit.Kind {
        switch kind {
        case .patch: return .patch(patch)
        case .put:
            guard let value = patch.value else { throw Self.missing("value") }
            guard let type = patch.valueType else { throw Self.missing("value_type") }
            return .put(
                try ConfigDraft(
                    value: value, type: type, schema: patch.schema.applied(to: nil),
                    description: patch.description.applied(to: nil), isSecret: patch.isSecret,
                    tags: patch.tags.applied(to: nil) ?? .none, charging: budget))
        case .delete:
            guard patch == ConfigPatch() else {
                throw .invalid("unknown_field", "a deletion must only have op, key and if_match")
            }
            return .delete
        }
    }

    private static func missing(_ name: String) -> Failure {
        .invalid("missing", "required", at: Violation.pointer(to: name))
    }

    static var example: BatchOperation { BatchOperation(kind: .delete, key: .example) }

    private init(kind: Kind, key: ConfigKey) {
        self.kind = kind
        self.key = key
        precondition = .none
        patch = ConfigPatch()
    }
}

/// 1 to 10,000 operations.
struct BatchOperations: FieldValue {
    let all: [BatchOperation]

    init(field value: JSONValue) throws(Failure) {
        guard let items = value.arrayValue, (1...ConfigRevision.maxChanges).contains(items.count) else {
            throw .invalid("invalid_operations", "must be 1 to \(ConfigRevision.maxChanges) operations")
        }
        var all: [BatchOperation] = []
        var violations: [Violation] = []
        for (place, item) in items.enumerated() {
            do {
                all.append(try BatchOperation(field: item))
            } catch {
                violations += error.violations.map { $0.nested(under: "/\(place)") }
            }
            if violations.count >= Violation.maxNamed { break }
        }
        guard violations.isEmpty else { throw .invalid(Array(violations.prefix(Violation.maxNamed))) }
        self.all = all
    }

    /// Fails with the violations of operations, each under `/operations/N`, and like the budget.
    func edits(charging budget: RequestBudget) throws(Failure) -> [ConfigEdit] {
        var edits: [ConfigEdit] = []
        var violations: [Violation] = []
        for (place, operation) in all.enumerated() {
            do throws(Failure) {
                edits.append(try operation.edit(charging: budget))
            } catch {
                guard !error.endsRequest else { throw error }
                violations += error.violations.map { $0.nested(under: "/operations/\(place)") }
            }
            if violations.count >= Violation.maxNamed { break }
        }
        guard violations.isEmpty else { throw .invalid(Array(violations.prefix(Violation.maxNamed))) }
        return edits
    }

    static var schema: JSONValue {
        [
            "type": "array", "items": BatchOperation.schema, "minItems": 1,
            "maxItems": .integer(Int64(ConfigRevision.maxChanges)),
        ]
    }
    static var exampleJSON: JSONValue { [BatchOperation.exampleJSON] }
    static var example: BatchOperations { BatchOperations(all: []) }

    private init(all: [BatchOperation]) {
        self.all = all
    }
}
