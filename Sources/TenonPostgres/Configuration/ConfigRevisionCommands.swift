internal import TenonDomain
internal import TenonKit

/// A revision's changes as commands, whose number does not depend on how many changes there are.
struct ConfigRevisionCommands {
    let all: [Command]

    init(_ revision: ConfigRevision, of tenant: TenantID) {
        let changes = revision.changes
        let namespace = revision.namespace
        let author = changes.first?.version.author ?? ""
        let keys = PostgresValue.textArray(changes.map(\.key.text))
        let numbers = PostgresValue.intArray(changes.map(\.version.number))
        let versions = Self.ids(changes.map(\.version.id))
        let new = changes.filter { revision.added.contains($0.key) }
        let standing = changes.filter { !revision.added.contains($0.key) }
        var all = Self.heads(new, standing, of: tenant, in: namespace.id, by: author, at: namespace.updatedAt)
        all.append(
            Command(
                ConfigStatements.insertVersions,
                [
                    .id(tenant), .id(namespace.id), .int(namespace.revision), .text(author),
                    .timestamp(namespace.updatedAt), (changes.first?.version.comment).bind, versions, keys,
                    numbers, .textArray(changes.map(\.version.change.rawValue)),
                    .textArray(changes.map(\.version.properties.valueType.rawValue)),
                    .textArray(changes.map { $0.version.properties.schema.json?.description }),
                    .textArray(changes.map { $0.version.properties.description?.text }),
                    .boolArray(changes.map(\.isSecret)), .bytesArray(changes.map { $0.version.sealedValue?.bytes }),
                    .textArray(changes.map { $0.version.properties.tags.texts.joined(separator: " ") }),
                ]))
        let name = PostgresValue.text(namespace.name.text)
        if !standing.isEmpty {
            all.append(
                Command(
                    ConfigStatements.deleteReferences,
                    [.id(tenant), name, .textArray(standing.map(\.key.text))]))
        }
        let references = revision.references.flatMap { key, targets in targets.map { (key, $0) } }
        if !references.isEmpty {
            all.append(
                Command(
                    ConfigStatements.insertReferences,
                    [
                        .id(tenant), name, .textArray(references.map(\.0.text)),
                        .textArray(references.map(\.1.namespace.text)), .textArray(references.map(\.1.key.text)),
                    ]))
        }
        self.all = all
    }

    /// The rows that point to the newest versions.
    private static func heads(
        _ new: [ConfigEntry], _ standing: [ConfigEntry], of tenant: TenantID, in namespace: NamespaceID,
        by author: String, at now: Timestamp
    ) -> [Command] {
        var commands: [Command] = []
        if !new.isEmpty {
            commands.append(
                Command(
                    ConfigStatements.insertConfigs,
                    [
                        .id(tenant), .id(namespace), ids(new.map(\.id)), .textArray(new.map(\.key.text)),
                        .intArray(new.map(\.version.number)), ids(new.map(\.version.id)), .text(author),
                        .timestamp(now),
                    ]))
        }
        if !standing.isEmpty {
            commands.append(
                Command(
                    ConfigStatements.updateConfigs,
                    [
                        .id(tenant), ids(standing.map(\.id)), .intArray(standing.map(\.version.number)),
                        ids(standing.map(\.version.id)), .boolArray(standing.map(\.isDeleted)),
                    ]))
        }
        return commands
    }

    private static func ids<Entity>(_ ids: [Identifier<Entity>]) -> PostgresValue {
        .uuidArray(ids.map { ($0.high, $0.low) })
    }
}
