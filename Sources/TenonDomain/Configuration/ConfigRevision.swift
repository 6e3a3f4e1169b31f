public import TenonKit

/// The changes of one transaction in a namespace: one revision, with its changes in order, each key once.
public struct ConfigRevision: Sendable, Equatable {
    /// The maximum number of changes in a batch or document.
    public static let maxChanges = 10_000
    /// The maximum bytes of the current sealed values of the entries to change: all are read at once.
    public static let maxStandingBytes = 32 << 20

    /// They have more.
    public static let tooLarge = Failure(
        .tooMuchWork,
        "The current values of the entries must have at most \(maxStandingBytes) bytes together; change fewer at a time."
    )

    /// At the new revision.
    public let namespace: Namespace
    public private(set) var changes: [ConfigEntry] = []
    /// The changed keys that had no history before.
    public private(set) var added: Set<ConfigKey> = []
    /// The new references of changed entries; entries that are not listed refer to nothing.
    public private(set) var references: [ConfigKey: Set<ConfigAddress>] = [:]
    /// The entries whose references are new, or new again.
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

    /// Sets a new value or new properties. `before` is the current entry, deleted or not; nil for a new key, which gets
    /// `id`. `bringsReferences` is false if the value is unchanged.
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

    /// Deletes an entry; its history stays.
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

    /// Above every number that the key had before a restored backup removed its newest versions.
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

    /// The targets of new references.
    public var newTargets: Set<ConfigAddress> {
        Set(referring.flatMap { references[$0] ?? [] })
    }

    /// The violations of new references, by key: missing targets, cycles, or chains that are too long to resolve.
    /// `stored` contains everything reachable from `newTargets`, as it was before.
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
                    pointer: "/value", code: "missing_reference",
                    detail: "The reference target \(first) does not exist.")
            }
        }
        guard violations.isEmpty else { return violations }
        let starts = referring.map { ConfigAddress(namespace: namespace.name, key: $0) }
        if let cycle = graph.cycle(from: starts.sorted { $0.text < $1.text }) {
            let key = cycle.first { $0.namespace == namespace.name && referring.contains($0.key) }?.key
            violations[key ?? starts[0].key] = Violation(
                pointer: "/value", code: "reference_cycle",
                detail: "References must not form a cycle: " + cycle.map(\.text).joined(separator: " → ") + ".")
            return violations
        }
        for start in starts where graph.depth(from: start) > ReferenceGraph.maxDepth {
            violations[start.key] = Violation(
                pointer: "/value", code: "reference_chain_too_long",
                detail: "A chain of references must have at most \(ReferenceGraph.maxDepth) steps.")
        }
        return violations
    }
}
