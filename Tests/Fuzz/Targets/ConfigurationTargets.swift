internal import TenonDomain
internal import TenonKit

enum ConfigurationTargets {
    private static func parsed(_ text: String) -> JSONValue? { try? JSONParser.parse(text) }

    /// A schema and a value: as it is written, the schema reads back to the same and judges the value the same.
    static func schema(_ schemaText: String, _ valueText: String) {
        guard let json = parsed(schemaText) else { return }
        for type in ConfigValueType.allCases {
            do throws(Failure) {
                let schema = try ValidationSchema(json, for: type)
                guard let again = try? ValidationSchema(schema.json, for: type) else {
                    fatalError("as it is written, the schema is none for \(type)")
                }
                precondition(again == schema && again.json == schema.json, "as it is written, it is another schema")
                guard let value = parsed(valueText) else { continue }
                let violations = try schema.violations(of: value, as: type)
                precondition(try! again.violations(of: value, as: type) == violations, "it judges otherwise")
                precondition(violations.isEmpty == isAllowed(value, under: schema), "it does not judge by its rules")
            } catch {
                precondition(!error.violations.isEmpty, "a refusal says what is wrong")
                for violation in error.violations { checkPointer(violation.pointer, in: json) }
            }
        }
    }

    /// To the whole, to a member that stands there, or to the one that is asked for; JSON Schemas have a target of
    /// their own.
    private static func checkPointer(_ pointer: String, in json: JSONValue) {
        let pointers = json.objectValue?.map { Violation.pointer(to: $0.name) } ?? []
        let isKnown = (["", "/options"] + pointers).contains { isSame($0, pointer) }
        precondition(isKnown || pointer.hasPrefix("/json_schema/"), "\(pointer) points to nothing")
    }

    /// The rules by JSON's own notions, on the values as they compare.
    private static func isAllowed(_ value: JSONValue, under schema: ValidationSchema) -> Bool {
        switch (schema, value) {
        case (.string(let rules), .string(let text)):
            let length = text.unicodeScalars.count
            return (rules.minLength ?? 0) <= length && length <= rules.maxLength ?? .max
                && rules.pattern?.matches(text) ?? true
        case (.number(let rules), .number(let number)):
            return (rules.minValue ?? number) <= number && number <= rules.maxValue ?? number
                && (!rules.integer || number.isInteger)
        case (.select(let rules), .string): return rules.options.contains { .string($0) == value }
        case (.boolean, .bool), (.json(nil), _): return true
        case (.json(let schema?), let value): return try! schema.violations(of: value).isEmpty
        default: return false
        }
    }

    /// A schema (or nothing) and a value: a draft keeps the value, and a refusal points into what was sent.
    static func draft(_ schemaText: String, _ valueText: String) {
        let schema = parsed(schemaText)
        guard let value = parsed(valueText), schema != nil || schemaText.isEmpty else { return }
        for type in ConfigValueType.allCases {
            do throws(Failure) {
                let draft = try ConfigDraft(value: value, type: type, schema: schema, isSecret: true)
                precondition(draft.value.type == type && draft.value.json == value, "the value changed")
                let stored = try? JSONParser.parse(draft.value.plaintext)
                precondition(stored == value, "what is sealed is another value")
                precondition(
                    try! draft.properties.schema.violations(of: value, as: type).isEmpty, "the value breaks a rule")
            } catch {
                precondition(error.code == .validationFailed && !error.violations.isEmpty, "a refusal says why")
                let places = Set(error.violations.map { $0.pointer.hasPrefix("/validation_schema") })
                precondition(places.count == 1, "a value is judged only under a schema")
                let isOfValue = error.violations.allSatisfy { $0.pointer == "/value" }
                precondition(places == [true] || isOfValue, "a violation points elsewhere")
            }
        }
    }
}
