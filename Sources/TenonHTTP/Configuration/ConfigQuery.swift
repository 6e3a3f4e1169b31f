internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// Query parameters shared by operations on entries.
enum ConfigQuery {
    private static let date = "[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    private static let hourAndMinute = "([01][0-9]|2[0-3]):[0-5][0-9]"
    private static let time = "\(hourAndMinute):([0-5][0-9]|60)(\\.[0-9]+)?([Zz]|[+-]\(hourAndMinute))"
    static let asOf = QueryParameter(
        "as_of", "The state at a revision or at a time (RFC 3339).",
        schema: [
            "type": "string", "pattern": .string("^(0|[1-9][0-9]{0,15}|\(date)[Tt ]\(time))$"),
        ])
    /// Filters of a list.
    static let filters = [
        QueryParameter(
            "prefix", "Only keys with this prefix.",
            schema: ConfigKeyPrefix.rule.schema),
        QueryParameter(
            "tag", "Only entries with this tag.",
            schema: ConfigTag.rule.schema),
        QueryParameter(
            "search", "Only keys that contain this text, in any case.",
            schema: ConfigKeyPart.rule.schema),
        asOf,
    ]
    static let resolve = QueryParameter(
        "resolve",
        "true replaces `${config:…}` by the values of other keys. A value that refers to a secret is masked like one.",
        schema: ["type": "boolean", "default": false])
    static let reveal = QueryParameter(
        "reveal", "true shows the values of secrets; requires secrets:read.",
        schema: ["type": "boolean", "default": false])
    static let comment = QueryParameter(
        "comment", "The reason for the change, stored with the version.", schema: ChangeComment.schema)
    static let revision = QueryParameter(
        "revision",
        "Fails with 412 if the namespace is at another revision; replaces the `if_match` of each entry.",
        schema: ["type": "integer", "minimum": 1, "maximum": .integer(VersionNumber.maximum)])

    static func version(of query: QueryReader) throws(Failure) -> ConfigVersionChoice? {
        let number = try query.integer("version", in: 1...Int(VersionNumber.maximum))
        let moment = try moment(of: query)
        guard number == nil || moment == nil else {
            throw .invalid("conflicting_parameters", "send either version or as_of, not both")
        }
        return number.map { .number(Int64($0)) } ?? moment.map { .asOf($0) }
    }

    static func revision(of query: QueryReader) throws(Failure) -> Int64? {
        try query.integer("revision", in: 1...Int(VersionNumber.maximum)).map { Int64($0) }
    }

    static func filter(of query: QueryReader) throws(Failure) -> ConfigFilter {
        ConfigFilter(
            prefix: try query.value("prefix", as: ConfigKeyPrefix.self) ?? .all,
            tag: try query.value("tag", as: ConfigTag.self),
            search: try query.value("search", as: ConfigKeyPart.self),
            asOf: try moment(of: query))
    }

    static func moment(of query: QueryReader) throws(Failure) -> ConfigMoment? {
        try query.value("as_of") { text throws(Violation) in try ConfigMoment(text) }
    }
}

extension EndpointRequest {
    /// The captured `{key}` where the key may be new: the refusal says which rule the name breaks.
    var newConfigKey: ConfigKey {
        get throws(Failure) {
            let text = captures[PathParameter.configKey.name] ?? ""
            do throws(Violation) {
                return try ConfigKey(text)
            } catch {
                throw .invalid([error.nested(under: "/key")])
            }
        }
    }
}

/// The number of a version or revision.
struct VersionNumber: PathValue {
    /// The largest number that every JSON reader represents exactly.
    static let maximum: Int64 = 9_007_199_254_740_991

    let number: Int64

    /// Parses a path segment.
    init?(segment: String) {
        guard let number = Int64(segment), String(number) == segment, (1...Self.maximum).contains(number) else {
            return nil
        }
        self.number = number
    }

    init(field value: JSONValue) throws(Failure) {
        guard let number = value.numberValue?.int64, (1...Self.maximum).contains(number) else {
            throw .invalid("invalid_number", "must be a whole number from 1")
        }
        self.number = number
    }

    var segment: String { String(number) }

    private init(number: Int64) {
        self.number = number
    }

    static var schema: JSONValue { ["type": "integer", "minimum": 1, "maximum": .integer(maximum)] }
    static var exampleJSON: JSONValue { 1 }
    static var example: VersionNumber { VersionNumber(number: 1) }
}
