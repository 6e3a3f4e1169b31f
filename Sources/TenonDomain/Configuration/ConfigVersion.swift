public import TenonKit

/// What happened to an entry.
public enum ConfigChange: String, Sendable, Hashable, CaseIterable {
    case created, updated, deleted, restored
    case rolledBack = "rolled_back"
}

/// Where a change stands in the history of its namespace: changes of one transaction share the revision and are
/// counted through from 0.
public struct RevisionPosition: Sendable, Hashable, Comparable {
    public let revision: Int64
    public let ordinal: Int64

    public init(revision: Int64, ordinal: Int64) {
        self.revision = revision
        self.ordinal = ordinal
    }

    /// After everything that happened up to the revision.
    public static func end(of revision: Int64) -> RevisionPosition {
        RevisionPosition(revision: revision, ordinal: .max)
    }

    public static func < (left: RevisionPosition, right: RevisionPosition) -> Bool {
        (left.revision, left.ordinal) < (right.revision, right.ordinal)
    }
}

/// Everything that a version says of an entry, but for the value.
public struct ConfigProperties: Sendable, Equatable {
    public let valueType: ConfigValueType
    public let schema: ValidationSchema
    public let description: Description?
    public let isSecret: Bool
    public let tags: ConfigTags

    public init(
        valueType: ConfigValueType, schema: ValidationSchema, description: Description?, isSecret: Bool,
        tags: ConfigTags
    ) {
        self.valueType = valueType
        self.schema = schema
        self.description = description
        self.isSecret = isSecret
        self.tags = tags
    }

    /// With the rules as they are written. The violations point to `/validation_schema…`.
    public init(
        valueType: ConfigValueType, rules: JSONValue?, description: Description?, isSecret: Bool, tags: ConfigTags,
        charging budget: RequestBudget = .unlimited
    ) throws(Failure) {
        do throws(Failure) {
            schema = try ValidationSchema(rules, for: valueType, charging: budget)
        } catch {
            guard !error.endsRequest else { throw error }
            throw .invalid(error.violations.map { $0.nested(under: "/validation_schema") })
        }
        self.valueType = valueType
        self.description = description
        self.isSecret = isSecret
        self.tags = tags
    }

    /// The same of a secret.
    var asSecret: ConfigProperties {
        ConfigProperties(
            valueType: valueType, schema: schema, description: description, isSecret: true, tags: tags)
    }
}

/// An entry as it was left by one change. Versions are never changed and never taken away: together they are the
/// entry's history, and replaying them gives its state at any time.
public struct ConfigVersion: Sendable, Equatable, Identified {
    public static let idPrefix = "cfv"

    public let id: ConfigVersionID
    /// Counts the changes of the entry, from 1; the entity tag of the resource. A restore of a backup leaves a gap: no
    /// number is given out twice.
    public let number: Int64
    public let change: ConfigChange
    public let position: RevisionPosition
    public let properties: ConfigProperties
    /// Nil where the change was a deletion.
    public let sealedValue: SealedBytes?
    public let comment: ChangeComment?
    /// The author's `Caller.subject`.
    public let author: String
    /// Never before the version before it, whatever the clocks say.
    public let at: Timestamp

    public init(
        id: ConfigVersionID, number: Int64, change: ConfigChange, position: RevisionPosition,
        properties: ConfigProperties, sealedValue: SealedBytes?, comment: ChangeComment?, author: String,
        at: Timestamp
    ) {
        self.id = id
        self.number = number
        self.change = change
        self.position = position
        self.properties = properties
        self.sealedValue = sealedValue
        self.comment = comment
        self.author = author
        self.at = at
    }

    /// Where the value of a version stands, for its seal.
    public static func sealPlace(of version: ConfigVersionID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "config_versions", row: version, field: "value")
    }
}

public typealias ConfigVersionID = Identifier<ConfigVersion>

/// Why something was changed: up to 500 characters.
public struct ChangeComment: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...500, .lines, code: "control_character", lengthCode: "invalid_length",
        "have no control characters but line feed and tab", example: "Moved to the new cluster")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
