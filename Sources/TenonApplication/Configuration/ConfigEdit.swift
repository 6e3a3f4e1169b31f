public import TenonDomain
public import TenonKit

/// What somebody wants to happen to one key. None of these makes a secret public unless its author says so.
public struct ConfigEdit: Sendable {
    public enum Kind: Sendable {
        /// `configKeyTaken` where the key is there.
        case create(ConfigDraft)
        /// Whatever was there before.
        case put(ConfigDraft)
        /// Some parts; `configNotFound` where there is nothing.
        case patch(ConfigPatch)
        /// Only the value, of the type and under the rules that stand; a new key takes its type from the value.
        case assign(JSONValue)
        /// The same, from text.
        case assignText(String)
        /// Everything but the value, which stays; `configNotFound` where there is none. `keepsSecret` says that the
        /// properties' author left `is_secret` out: a secret then stays one.
        case describe(ConfigProperties, keepsSecret: Bool)
        case delete
        /// `configNotDeleted` where it is there.
        case restore
        /// The value of an older version, under today's rules; a secret if either version is one.
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

/// What became of an edit.
public struct ConfigEditOutcome: Sendable {
    public let key: ConfigKey
    /// As it stood, and its value; nil where there was nothing, or it was deleted.
    public let before: ConfigView?
    /// As it stands now, a deleted entry included; the same as before where nothing changed.
    public let after: ConfigEntry
    /// Nil where it is deleted.
    public let value: JSONValue?
    public let isChanged: Bool
    /// Whether its author may read the entry, too, as it stood and as it stands.
    public let isReadable: Bool

    /// Masked where it is a secret, or the author may not read it: else a change of nothing would show it.
    public var view: ConfigView { ConfigView(after, value: after.isSecret || !isReadable ? nil : value) }
}

/// What became of many edits.
public struct RevisionOutcome: Sendable {
    /// With its newest revision, which a trial run has not made.
    public let namespace: Namespace
    public let outcomes: [ConfigEditOutcome]
    /// By the place of the edit. Where there are some, nothing was done.
    public let refused: [(place: Int, failure: Failure)]
}
