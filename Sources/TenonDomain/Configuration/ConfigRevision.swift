public import TenonKit

/// What one transaction changes in a namespace: one revision, with the changes in their order, each key once.
public struct ConfigRevision: Sendable, Equatable {
    /// What one batch or document may change at most.
    public static let maxChanges = 10_000
    /// The most bytes of sealed values that the entries to be changed may have as they stand: all are read at once.
    public static let maxStandingBytes = 32 << 20

    /// They have more.
    public static let tooLarge = Failure(
        .tooMuchWork,
        "The values of the entries to be changed have more than \(maxStandingBytes) bytes; change fewer at a time.")

    /// At the new revision.
    public let namespace: Namespace
    public private(set) var changes: [ConfigEntry] = []
    /// The keys among them that had no history before.
    public private(set) var added: Set<ConfigKey> = []
    /// What changed entries refer to from now on; an entry that is not here refers to nothing.
    public private(set) var references: [ConfigKey: Set<ConfigAddress>] = [:]
    /// Of these entries what they refer to is new, or new again.
    private var referring: Set<ConfigKey> = []

    /// The next revision of a namespace.
    public init(of namespace: Namespace, at now: Timestamp) {
        self.namespace = namespace.next(
            description: namespace.description, requiresIfMatch: namespace.requiresIfMatch, at: now)
    }

    /// The position of the next change.
    public var position: RevisionPosition {
        RevisionPosition(revision: namespace.revision, ordinal: Int64(changes.count))
    }

    /// A new value or new properties. `before` is the entry as it stands, deleted or not; nil for a new key, which
    /// takes `id`. `bringsReferences` is false where the value stays as it was.
    public mutating func set(
        _ key: ConfigKey, _ draft: ConfigDraft, sealed: SealedBytes, as change: ConfigChange,
        before: ConfigEntry?, id: ConfigID, version: ConfigVersionID, references: Set<ConfigAddress>,
        bringsReferences: Bool = true, comment: ChangeComment?, by author: String
    ) -> ConfigEntry {
        let version = ConfigVersion(
            id: version, number: number(after: before), change: change, position: position,
            properties: draft.properties, sealedValue: sealed, comment: comment, author: author,
            at: namespace.updatedAt)
        let entry =
            before?.changed(version)
            ?? ConfigEntry(
                id: id, tenant: namespace.tenant, namespace: namespace.id, key: key, createdBy: author,
                createdAt: namespace.updatedAt, version: version)
        changes.append(entry)
        if before == nil { added.insert(key) }
        if !references.isEmpty {
            self.references[key] = references
            if bringsReferences { referring.insert(key) }
        }
        return entry
    }

    /// Takes an entry away; its history stays.
    public mutating func delete(
        _ entry: ConfigEntry, version: ConfigVersionID, comment: ChangeComment?, by author: String
    ) -> ConfigEntry {
        let deleted = entry.changed(
            ConfigVersion(
                id: version, number: number(after: entry), change: .deleted, position: position,
                properties: entry.version.properties, sealedValue: nil, comment: comment, author: author,
                at: namespace.updatedAt))
        changes.append(deleted)
        return deleted
    }

    /// Above every number that the key had before a restore of a backup took its newest versions away.
    private func number(after before: ConfigEntry?) -> Int64 {
        max(before?.version.number ?? 0, namespace.restoredRevision) + 1
    }

    /// Many changes as one event.
    public func revised() -> DomainEvent {
        func count(_ change: ConfigChange) -> JSONValue {
            .integer(Int64(changes.count { $0.version.change == change }))
        }
        return DomainEvent(
            .configsRevised, on: namespace.reference,
            [
                "revision": .integer(namespace.revision), "created": count(.created), "updated": count(.updated),
                "deleted": count(.deleted),
            ])
    }

    /// What new references lead to.
    public var newTargets: Set<ConfigAddress> {
        Set(referring.flatMap { references[$0] ?? [] })
    }

    /// What is wrong with new references, by the key that has them: that they lead to nothing, in a circle, or too far
    /// to be resolved. `stored` is what can be reached from `newTargets`, as it stood before.
    public func referenceViolations(_ stored: ReferenceGraph) -> [ConfigKey: Violation] {
        var graph = stored
        for change in changes {
            let address = ConfigAddress(namespace: namespace.name, key: change.key)
            graph.edges[address] = references[change.key]
            if change.isDeleted { graph.present.remove(address) } else { graph.present.insert(address) }
        }
        var violations: [ConfigKey: Violation] = [:]
        for key in referring {
            let missing = (references[key] ?? []).subtracting(graph.present).map(\.text).sorted()
            if let first = missing.first {
                violations[key] = Violation(
                    pointer: "/value", code: "missing_reference", detail: "There is no \(first) to refer to.")
            }
        }
        guard violations.isEmpty else { return violations }
        let starts = referring.map { ConfigAddress(namespace: namespace.name, key: $0) }
        if let cycle = graph.cycle(from: starts.sorted { $0.text < $1.text }) {
            let key = cycle.first { $0.namespace == namespace.name && referring.contains($0.key) }?.key
            violations[key ?? starts[0].key] = Violation(
                pointer: "/value", code: "reference_cycle",
                detail: "References lead in a circle: " + cycle.map(\.text).joined(separator: " → ") + ".")
            return violations
        }
        for start in starts where graph.depth(from: start) > ReferenceGraph.maxDepth {
            violations[start.key] = Violation(
                pointer: "/value", code: "reference_chain_too_long",
                detail: "More than \(ReferenceGraph.maxDepth) references lead to one another from here.")
        }
        return violations
    }
}
