internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// Query parameters of the operations on the audit log.
enum AuditQuery {
    static let tenant = QueryParameter(
        "tenant", "The tenant's id. Only platform administrators can name another tenant.",
        schema: TenantID.schema)
    private static let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])"
    private static let clock = "([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]"

    static let filters = [
        text("actor", "Only records of this actor: `usr_…`, `key_…`, `system:…` or `anonymous`."),
        text("action", "Only records of this action, such as `configuration.config_updated`."),
        text("resource_type", "Only records on resources of this kind, such as `config`."),
        text("resource_id", "Only records on the resource with this id."),
        QueryParameter(
            "outcome", "Only records with this outcome.",
            schema: ["type": "string", "enum": .array(AuditOutcome.allCases.map { .string($0.rawValue) })]),
        time("from", "Only records from this time on (RFC 3339)."),
        time("to", "Only records before this time (RFC 3339)."),
    ]

    private static func text(_ name: String, _ description: String) -> QueryParameter {
        QueryParameter(
            name, description,
            schema: ["type": "string", "minLength": 1, "maxLength": 256, "pattern": "^[!-~]+$"])
    }

    private static func time(_ name: String, _ description: String) -> QueryParameter {
        QueryParameter(
            name, description,
            schema: ["type": "string", "pattern": .string("^\(date)T\(clock)(\\.[0-9]{1,9})?Z$")])
    }

    static func tenant(of query: QueryReader) throws(Failure) -> TenantID? {
        try query.value("tenant", as: TenantID.read)
    }

    static func filter(of query: QueryReader) throws(Failure) -> AuditFilter {
        AuditFilter(
            actor: try text(query, "actor"), action: try text(query, "action"),
            resourceKind: try text(query, "resource_type"), resourceID: try text(query, "resource_id"),
            outcome: try query.choice("outcome"), from: try time(query, "from"), to: try time(query, "to"))
    }

    private static func text(_ query: QueryReader, _ name: String) throws(Failure) -> String? {
        try query.value(name) { text throws(Violation) in
            guard (1...256).contains(text.utf8.count), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
                throw Violation(code: "invalid_parameter", detail: "must be 1 to 256 printable ASCII characters")
            }
            return text
        }
    }

    private static func time(_ query: QueryReader, _ name: String) throws(Failure) -> Timestamp? {
        try query.value(name, as: Timestamp.read)
    }

    static func sequence(_ name: String, _ description: String, from least: Int64) -> QueryParameter {
        QueryParameter(
            name, description,
            schema: [
                "type": "integer", "minimum": .integer(least), "maximum": .integer(VersionNumber.maximum),
            ])
    }

    static func sequence(_ query: QueryReader, _ name: String, from least: Int) throws(Failure) -> Int64? {
        try query.integer(name, in: least...Int(VersionNumber.maximum)).map { Int64($0) }
    }
}
