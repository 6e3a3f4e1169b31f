public import TenonKit

/// What happened, in the past tense: becomes an outbox row and an audit record in the transaction of the
/// change itself.
public struct DomainEvent: Sendable, Equatable {
    public let kind: EventKind
    public let resource: ResourceReference
    /// What subscribers and auditors see: never a secret, never a configuration value.
    public let details: [String: JSONValue]
    /// What it changed: for the audit log alone, no subscriber sees it.
    public let change: ResourceChange
    /// Who did it, where that was proven by doing it, as by signing in; nil is the caller.
    public let actor: UserID?

    public init(
        _ kind: EventKind, on resource: ResourceReference, _ details: [String: JSONValue] = [:],
        change: ResourceChange = .none, by actor: UserID? = nil
    ) {
        self.kind = kind
        self.resource = resource
        self.details = details
        self.change = change
        self.actor = actor
    }

    /// The same event with what it changed.
    public func changing(_ change: ResourceChange) -> DomainEvent {
        DomainEvent(kind, on: resource, details, change: change, by: actor)
    }
}

/// The name of an event, `<context>.<what happened>`; also the action of its audit record. Contexts declare
/// theirs in extensions, beside the aggregates.
public struct EventKind: Sendable, Hashable {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }
}

/// What an event, an audit record or a permission check is about.
public struct ResourceReference: Sendable, Hashable {
    /// Singular, `snake_case`: `tenant`, `config`. The API and exports call it `resource_type`, the tables and policies
    /// `resource_kind`.
    public let kind: String
    public let id: String

    public init(kind: String, id: String) {
        self.kind = kind
        self.id = id
    }
}
