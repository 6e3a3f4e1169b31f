internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension JSONPatch: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.value(json) }

    package static var schema: JSONValue {
        [
            "type": "array",
            "items": [
                "type": "object",
                "properties": [
                    "op": ["type": "string", "enum": ["add", "remove", "replace"]],
                    "path": ["type": "string", "description": "A JSON Pointer (RFC 6901)."], "value": [:],
                ],
                "required": ["op", "path"],
            ],
        ]
    }
}

extension ConfigDifference {
    static var example: ConfigDifference {
        ConfigDifference(patch: JSONPatch([.replace(path: "/value", value: .example)]), isMasked: false)
    }
}

/// The outcome for one of many entries, of a change or a dry run.
struct RevisionResultReply: ReplyBody {
    enum Outcome: String, ReplyValue, CaseIterable {
        case created, changed, deleted, unchanged, refused

        func write(to writer: inout JSONWriter) { writer.string(rawValue) }

        static var schema: JSONValue {
            ["type": "string", "enum": .array(allCases.map { .string($0.rawValue) })]
        }
    }

    let key: String
    let outcome: Outcome
    /// In an imported document.
    var line: Int?
    var version: Int64?
    var difference: ConfigDifference?
    var errors: [Violation]?

    func write(to fields: inout FieldWriter) {
        fields.field("key", key)
        fields.field("outcome", outcome)
        fields.field("line", ifPresent: line.map { Int64($0) })
        fields.field("version", ifPresent: version)
        fields.field("masked", ifPresent: difference?.isMasked)
        fields.field("patch", ifPresent: difference?.patch)
        fields.field("errors", ifPresent: errors.map { $0.map(ViolationReply.init) })
    }

    static var example: RevisionResultReply {
        RevisionResultReply(key: ConfigKey.exampleText, outcome: .created, version: 1)
    }
}

struct ViolationReply: ReplyBody {
    let violation: Violation

    func write(to fields: inout FieldWriter) {
        fields.field("pointer", "#" + violation.pointer)
        fields.field("code", violation.code)
        fields.field("detail", violation.detail)
    }

    static var example: ViolationReply {
        ViolationReply(
            violation: Violation(
                pointer: "/value", code: "wrong_type", detail: "must be a JSON number"))
    }
}

/// The outcome for many entries.
struct RevisionReply: ReplyBody {
    let namespace: Namespace
    let isTrial: Bool
    let results: [RevisionResultReply]

    func write(to fields: inout FieldWriter) {
        fields.field("revision", namespace.revision)
        fields.field("dry_run", isTrial)
        fields.field("summary", RevisionSummary(results))
        fields.field("results", results)
    }

    static var example: RevisionReply { RevisionReply(namespace: .example, isTrial: false, results: [.example]) }
}

/// The number of entries for each outcome.
struct RevisionSummary: ReplyBody {
    private let counts: [RevisionResultReply.Outcome: Int]

    init(_ results: [RevisionResultReply]) {
        counts = results.reduce(into: [:]) { $0[$1.outcome, default: 0] += 1 }
    }

    func write(to fields: inout FieldWriter) {
        for outcome in RevisionResultReply.Outcome.allCases {
            fields.field(outcome.rawValue, Int64(counts[outcome] ?? 0))
        }
    }

    static var example: RevisionSummary { RevisionSummary([.example]) }
}
