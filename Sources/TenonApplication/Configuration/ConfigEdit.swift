public import TenonDomain
public import TenonKit

/// An edit of one key. No edit makes a secret public unless its author says so.
public struct ConfigEdit: Sendable {
    public enum Kind: Sendable {
        /// Fails with `configKeyTaken` if the key exists.
        case create(ConfigDraft)
        /// Replaces the entry, or creates it.
        case put(ConfigDraft)
        /// Changes some parts; fails with `configNotFound` if the entry does not exist.
        case patch(ConfigPatch)
        /// Changes only the value, with the current type and rules; a new key takes its type from the value.
        case assign(JSONValue)
        /// The same, from text.
        case assignText(String)
        /// Changes everything but the value; fails with `configNotFound` if the entry does not exist. `keepsSecret`
        /// means that the properties' author omitted `is_secret`: a secret then stays a secret.
        case describe(ConfigProperties, keepsSecret: Bool)
        case delete
        /// Fails with `configNotDeleted` if it exists.
        case restore
        /// The value of an older version, with the current rules; a secret if either version is one.
        case rollBack(to: Int64)
    }

    public let key: ConfigKey
    public let kind: Kind
    public let precondition: Precondition

    public init(_ key: ConfigKey, _ kind: Kind, if precondition: Precondition = .none) {
        self.key = key
        self.kind = kind
        self.precondition = precondition
    }
}

/// The outcome of an edit.
public struct ConfigEditOutcome: Sendable {
    public let key: ConfigKey
    /// The previous entry and its value; nil if it did not exist or was deleted.
    public let before: ConfigView?
    /// The resulting entry, including a deleted one; the same as before if nothing changed.
    public let after: ConfigEntry
    /// Nil if it is deleted.
    public let value: JSONValue?
    public let isChanged: Bool
    /// Whether its author may read both the previous and the resulting entry.
    public let isReadable: Bool

    /// Masked if it is a secret, or if the author may not read it: otherwise an edit without effect would reveal it.
    public var view: ConfigView { ConfigView(after, value: after.isSecret || !isReadable ? nil : value) }
}

/// The outcome of many edits.
public struct RevisionOutcome: Sendable {
    /// With its newest revision, which a dry run has not created.
    public let namespace: Namespace
    public let outcomes: [ConfigEditOutcome]
    /// By the index of the edit. If there are any, nothing was stored.
    public let refused: [(place: Int, failure: Failure)]
}
