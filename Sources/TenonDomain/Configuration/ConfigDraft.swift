public import TenonKit

/// The requested state of an entry, validated as a whole.
public struct ConfigDraft: Sendable, Equatable {
    public private(set) var properties: ConfigProperties
    public let value: ConfigValue
    /// Whether its author omitted `is_secret`: a secret then stays a secret.
    private let keepsSecret: Bool

    /// Parses the rules for the type and validates the value with them. A nil `isSecret` keeps the flag of an existing
    /// entry; a new entry is not a secret. The violations point to `/validation_schema…` and `/value…`. They never contain
    /// a value that may be a secret; `isNew` says that no entry with the key is meant to exist.
    public init(
        value: JSONValue, type: ConfigValueType, schema: JSONValue? = nil, description: Description? = nil,
        isSecret: Bool? = nil, tags: ConfigTags = .none, isNew: Bool = false,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        try self.init(
            value: value,
            ConfigProperties(
                valueType: type, rules: schema, description: description, isSecret: isSecret ?? false, tags: tags,
                charging: budget),
            keepsSecret: isSecret == nil, isShown: isSecret.map { !$0 } ?? isNew, charging: budget)
    }

    /// A value without a declared type: text, a number, true or false, and JSON for everything else.
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

    /// A value with existing properties. `keepsSecret` means that the author omitted `is_secret`. The violations point
    /// to `/value…`, and contain the value only if `isShown`.
    public init(
        value: JSONValue, _ properties: ConfigProperties, keepsSecret: Bool = false, isShown: Bool = false,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        self.value = try ConfigValue(
            value, as: properties.valueType, under: properties.schema, isShown: isShown, charging: budget)
        self.properties = properties
        self.keepsSecret = keepsSecret
    }

    /// The draft that replaces an existing or deleted entry: a secret becomes public only if the author says so.
    public func replacing(_ standing: ConfigEntry?) -> ConfigDraft {
        guard keepsSecret, standing?.isSecret == true else { return self }
        var draft = self
        draft.properties = properties.asSecret
        return draft
    }

    /// The entry as a document for diffs and patches.
    public var document: JSONValue {
        Self.document(value: value.json, properties)
    }

    /// `value` is omitted if it is nil.
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
    /// Merged into the current value.
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

    /// The resulting entry. Fails if its parts are not valid together.
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
