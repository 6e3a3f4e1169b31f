internal import TenonDomain

/// Parameters that several operations on entries understand.
enum ConfigQuery {
    static let asOf = QueryParameter(
        "as_of", "The state after a revision, or up to a time (RFC 3339).",
        schema: [
            "type": "string", "pattern": "^([0-9]{1,16}|[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9:]+))$",
        ])
    static let resolve = QueryParameter(
        "resolve", "true puts in place of `${config:…}` what it refers to. What refers to a secret is masked as one.",
        schema: ["type": "boolean", "default": false])
    static let reveal = QueryParameter(
        "reveal", "true shows the values of secrets; needs secrets:read.",
        schema: ["type": "boolean", "default": false])
    static let dryRun = QueryParameter(
        "dry_run", "true stores nothing and answers what would change.",
        schema: ["type": "boolean", "default": false])
    static let revision = QueryParameter(
        "revision",
        "Fails with 412 where the namespace is at another revision; stands for the `if_match` of each entry.",
        schema: ["type": "integer", "minimum": 1, "maximum": 9_007_199_254_740_991])

    static func version(of query: QueryReader) throws(Failure) -> ConfigVersionChoice? {
        let number = try query.integer("version", in: 1...9_007_199_254_740_991)
        let moment = try moment(of: query)
        guard number == nil || moment == nil else {
            throw .invalid("conflicting_parameters", "Ask for a version or for a time, not for both.")
        }
        return number.map { .number(Int64($0)) } ?? moment.map { .asOf($0) }
    }

    static func moment(of query: QueryReader) throws(Failure) -> ConfigMoment? {
        try query.value("as_of") { text throws(Violation) in try ConfigMoment(text) }
    }
}

extension EndpointRequest {
    /// The captured `{key}`.
    var configKey: ConfigKey {
        get throws(Failure) {
            try path("key", orFail: .configNotFound) { text throws(Violation) in try ConfigKey(text) }
        }
    }
}
