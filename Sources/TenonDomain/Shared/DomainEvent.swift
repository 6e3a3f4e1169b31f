public import TenonKit

/// A fact about a change, in the past tense. Becomes an outbox row and an audit record in the transaction of the
/// change.
public struct DomainEvent: Sendable, Equatable {
    public let kind: EventKind
    public let resource: ResourceReference
    /// The details for subscribers and auditors: never a secret, never a configuration value.
    public let details: [String: JSONValue]
    /// The change, only for the audit log; subscribers do not see it.
    public let change: ResourceChange
    /// The user, if the event itself authenticated one, such as a sign-in; nil means the caller.
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

    /// The same event with its change.
    public func changing(_ change: ResourceChange) -> DomainEvent {
        DomainEvent(kind, on: resource, details, change: change, by: actor)
    }
}

/// The name of an event, `<context>.<event>`; also the action of its audit record. Contexts declare theirs in
/// extensions, beside the aggregates.
public struct EventKind: Sendable, Hashable {
    public let name: String

    public init(_ name: String) {
        self.name = name
    }
}

/// The resource of an event, an audit record or a permission check.
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
