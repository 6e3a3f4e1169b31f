public import TenonKit

/// What somebody wants an entry to be, checked as a whole.
public struct ConfigDraft: Sendable, Equatable {
    public private(set) var properties: ConfigProperties
    public let value: ConfigValue
    /// Whether its author left `is_secret` out: a secret then stays one.
    private let keepsSecret: Bool

    /// The rules are read for the type and the value checked under them. `isSecret` nil keeps the flag of an entry that
    /// exists; a new one is no secret. The violations point to `/validation_schema…` and `/value…`.
    public init(
        value: JSONValue, type: ConfigValueType, schema: JSONValue? = nil, description: Description? = nil,
        isSecret: Bool? = nil, tags: ConfigTags = .none, charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        try self.init(
            value: value,
            ConfigProperties(
                valueType: type, rules: schema, description: description, isSecret: isSecret ?? false, tags: tags,
                charging: budget), keepsSecret: isSecret == nil, charging: budget)
    }

    /// A value that says nothing of its type: text, a number, true or false, and JSON for the rest.
    public init(inferredFrom value: JSONValue, charging budget: RequestBudget = .unlimited) throws(Failure) {
        let type: ConfigValueType =
            switch value {
            case .bool: .boolean
            case .number: .number
            case .string: .string
            case .null, .array, .object: .json
            }
        try self.init(value: value, type: type, charging: budget)
    }

    /// A value under properties that exist. `keepsSecret` says that their author left `is_secret` out. The violations
    /// point to `/value…`.
    public init(
        value: JSONValue, _ properties: ConfigProperties, keepsSecret: Bool = false,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        self.value = try ConfigValue(value, as: properties.valueType, under: properties.schema, charging: budget)
        self.properties = properties
        self.keepsSecret = keepsSecret
    }

    /// What is stored over an entry, deleted or not: a secret becomes public only where the author says so.
    public func replacing(_ standing: ConfigEntry?) -> ConfigDraft {
        guard keepsSecret, standing?.isSecret == true else { return self }
        var draft = self
        draft.properties = properties.asSecret
        return draft
    }

    /// The entry as a document, which diffs and patches are about.
    public var document: JSONValue {
        Self.document(value: value.json, properties)
    }

    /// `value` is left out where it is nil.
    public static func document(value: JSONValue?, _ properties: ConfigProperties) -> JSONValue {
        var members = JSONObject()
        members["value"] = value
        members["value_type"] = .string(properties.valueType.rawValue)
        members["validation_schema"] = properties.schema.json
        members["description"] = properties.description.map { .string($0.text) }
        members["is_secret"] = .bool(properties.isSecret)
        members["tags"] = .array(properties.tags.texts.map { .string($0) })
        return .object(members)
    }
}

/// A change of some parts of an entry (RFC 7396).
public struct ConfigPatch: Sendable, Equatable {
    /// Merged into the value that stands.
    public var value: JSONValue?
    public var valueType: ConfigValueType?
    public var schema: PatchMember<JSONValue>
    public var description: PatchMember<Description>
    public var isSecret: Bool?
    public var tags: PatchMember<ConfigTags>

    public init(
        value: JSONValue? = nil, valueType: ConfigValueType? = nil, schema: PatchMember<JSONValue> = .absent,
        description: PatchMember<Description> = .absent, isSecret: Bool? = nil, tags: PatchMember<ConfigTags> = .absent
    ) {
        self.value = value
        self.valueType = valueType
        self.schema = schema
        self.description = description
        self.isSecret = isSecret
        self.tags = tags
    }

    /// What the entry becomes. Fails where the whole does not fit together any more.
    public func applied(
        to value: JSONValue, _ properties: ConfigProperties, charging budget: RequestBudget = .unlimited
    ) throws(Failure) -> ConfigDraft {
        let oldSchema = properties.schema.json
        let newSchema: JSONValue? =
            switch schema {
            case .absent: oldSchema
            case .removed: nil
            case .set(let patch): (oldSchema ?? .object(JSONObject())).merging(patch)
            }
        return try ConfigDraft(
            value: self.value.map { value.merging($0) } ?? value, type: valueType ?? properties.valueType,
            schema: newSchema, description: description.applied(to: properties.description),
            isSecret: isSecret ?? properties.isSecret, tags: tags.applied(to: properties.tags) ?? .none,
            charging: budget)
    }
}
