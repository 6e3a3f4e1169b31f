public import TenonKit

/// The kind of a change.
public enum ConfigChange: String, Sendable, Hashable, CaseIterable {
    case created, updated, deleted, restored
    case rolledBack = "rolled_back"
}

/// The position of a change in its namespace's history: changes of one transaction share the revision and are numbered
/// from 0.
public struct RevisionPosition: Sendable, Hashable, Comparable {
    public let revision: Int64
    public let ordinal: Int64

    public init(revision: Int64, ordinal: Int64) {
        self.revision = revision
        self.ordinal = ordinal
    }

    /// After every change up to the revision.
    public static func end(of revision: Int64) -> RevisionPosition {
        RevisionPosition(revision: revision, ordinal: .max)
    }

    public static func < (left: RevisionPosition, right: RevisionPosition) -> Bool {
        (left.revision, left.ordinal) < (right.revision, right.ordinal)
    }
}

/// All properties of a version except its value.
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

    /// With the rules as written. The violations point to `/validation_schema…`.
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

    /// The same properties, as a secret.
    var asSecret: ConfigProperties {
        ConfigProperties(
            valueType: valueType, schema: schema, description: description, isSecret: true, tags: tags)
    }
}

/// The state of an entry after one change. Versions are never changed or deleted: together they are the entry's
/// history, and replaying them yields its state at any time.
public struct ConfigVersion: Sendable, Equatable, Identified {
    public static let idPrefix = "cfv"

    public let id: ConfigVersionID
    /// Counts the changes of the entry, from 1; the entity tag of the resource. Restoring a backup leaves a gap,
    /// because no number is used twice.
    public let number: Int64
    public let change: ConfigChange
    public let position: RevisionPosition
    public let properties: ConfigProperties
    /// Nil if the change was a deletion.
    public let sealedValue: SealedBytes?
    public let comment: ChangeComment?
    /// The author's `Caller.subject`.
    public let author: String
    /// Never before the previous version, even if clocks disagree.
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

    /// The place that the value of a version is sealed for.
    public static func sealPlace(of version: ConfigVersionID, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "config_versions", row: version, field: "value")
    }
}

public typealias ConfigVersionID = Identifier<ConfigVersion>

/// The reason for a change: up to 500 characters.
public struct ChangeComment: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...500, .lines, code: "control_character", lengthCode: "invalid_length",
        "have no control characters but line feed and tab", example: "Moved to the new cluster")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
