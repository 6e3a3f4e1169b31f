public import TenonKit

/// A named group of configuration entries of one tenant.
public struct Namespace: Sendable, Equatable, Identified {
    public static let idPrefix = "ns"

    public let id: NamespaceID
    public let tenant: TenantID
    /// References, exports and command lines use it as an address, so it never changes.
    public let name: NamespaceName
    public let description: Description?
    /// Whether a change of an existing entry must name its version with `If-Match`.
    public let requiresIfMatch: Bool
    /// Counts the changes of the namespace and of its entries, from 1; the entity tag of the resource. Restoring a
    /// backup leaves a gap, because no revision is used twice.
    public let revision: Int64
    /// The revision set by the last restore of a backup; 0 if there was none. Earlier positions may refer to lost
    /// changes.
    public let restoredRevision: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    /// The time of the revision; never before the previous revision, even if clocks disagree.
    public let updatedAt: Timestamp

    /// From a store.
    public init(
        id: NamespaceID, tenant: TenantID, name: NamespaceName, description: Description?, requiresIfMatch: Bool,
        revision: Int64, restoredRevision: Int64 = 0, createdBy: String, createdAt: Timestamp, updatedAt: Timestamp
    ) {
        self.id = id
        self.tenant = tenant
        self.name = name
        self.description = description
        self.requiresIfMatch = requiresIfMatch
        self.revision = revision
        self.restoredRevision = restoredRevision
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
    }

    public static func create(
        id: NamespaceID, tenant: TenantID, name: NamespaceName, description: Description?,
        requiresIfMatch: Bool = false, by author: String, at now: Timestamp
    ) -> (Namespace, DomainEvent) {
        let namespace = Namespace(
            id: id, tenant: tenant, name: name, description: description, requiresIfMatch: requiresIfMatch,
            revision: 1, createdBy: author, createdAt: now, updatedAt: now)
        return (
            namespace,
            DomainEvent(
                .namespaceCreated, on: namespace.reference, ["name": .string(name.text)],
                change: ResourceChange(after: namespace.members))
        )
    }

    /// The members that the audit log compares.
    private var members: [String: JSONValue] {
        [
            "name": .string(name.text), "description": description.map { .string($0.text) } ?? .null,
            "require_if_match": .bool(requiresIfMatch),
        ]
    }

    /// The namespace at its next revision.
    func next(
        description: Description?, requiresIfMatch: Bool, at now: Timestamp
    ) -> Namespace {
        Namespace(
            id: id, tenant: tenant, name: name, description: description, requiresIfMatch: requiresIfMatch,
            revision: revision + 1, restoredRevision: restoredRevision, createdBy: createdBy, createdAt: createdAt,
            updatedAt: max(now, updatedAt))
    }

    /// Nil if nothing changes.
    public func changed(
        description: PatchMember<Description>, requiresIfMatch: Bool?, at now: Timestamp
    ) -> (Namespace, DomainEvent)? {
        let newDescription = description.applied(to: self.description)
        let required = requiresIfMatch ?? self.requiresIfMatch
        guard newDescription != self.description || required != self.requiresIfMatch else { return nil }
        let next = next(description: newDescription, requiresIfMatch: required, at: now)
        return (
            next,
            DomainEvent(
                .namespaceUpdated, on: reference,
                ["revision": .integer(next.revision), "require_if_match": .bool(required)],
                change: ResourceChange(before: members, after: next.members))
        )
    }

    /// The event of its deletion, with every entry and its history.
    public func deleted(entries: Int64) -> DomainEvent {
        DomainEvent(
            .namespaceDeleted, on: reference, ["name": .string(name.text), "configs": .integer(entries)],
            change: ResourceChange(before: members))
    }
}

public typealias NamespaceID = Identifier<Namespace>

extension Namespace: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { ResourceReference(kind: "namespace", id: id.description) }
    public var attributes: [String: JSONValue] {
        ["namespace_id": .string(id.description), "name": .string(name.text)]
    }
}

/// `[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?`, unique within the tenant.
public struct NamespaceName: TextValue, Hashable {
    public let text: String

    public static let rule = TextRule(
        1...63, .label, code: "invalid_namespace_name", TextForm.labelRequirement, example: "production")

    public init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
