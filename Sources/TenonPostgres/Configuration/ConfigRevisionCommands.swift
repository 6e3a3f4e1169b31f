internal import TenonDomain

/// A revision's changes as commands, whose number does not depend on how many changes there are.
struct ConfigRevisionCommands {
    let all: [Command]

    init(_ revision: ConfigRevision, of tenant: TenantID) {
        let changes = revision.changes
        let namespace = revision.namespace
        let author = changes.first?.version.author ?? ""
        let keys = PostgresValue.textArray(changes.map(\.key.text))
        let numbers = PostgresValue.intArray(changes.map(\.version.number))
        let versions = PostgresValue.uuidArray(changes.map { ($0.version.id.high, $0.version.id.low) })
        var all = [
            Command(
                ConfigStatements.upsertConfigs,
                [
                    .id(tenant), .id(namespace.id), .uuidArray(changes.map { ($0.id.high, $0.id.low) }), keys, numbers,
                    versions, .boolArray(changes.map(\.isDeleted)), .text(author), .timestamp(namespace.updatedAt),
                ]),
            Command(
                ConfigStatements.insertVersions,
                [
                    .id(tenant), .id(namespace.id), .int(namespace.revision), .text(author),
                    .timestamp(namespace.updatedAt), .optional(changes.first?.version.comment?.text), versions, keys,
                    numbers, .textArray(changes.map(\.version.change.rawValue)),
                    .textArray(changes.map(\.version.properties.valueType.rawValue)),
                    .textArray(changes.map { $0.version.properties.schema.json?.description }),
                    .textArray(changes.map { $0.version.properties.description?.text }),
                    .boolArray(changes.map(\.isSecret)), .bytesArray(changes.map { $0.version.sealedValue?.bytes }),
                    .textArray(changes.map { $0.version.properties.tags.texts.joined(separator: " ") }),
                ]),
        ]
        let name = PostgresValue.text(namespace.name.text)
        let standing = changes.filter { $0.version.number > 1 }.map(\.key.text)
        if !standing.isEmpty {
            all.append(Command(ConfigStatements.deleteReferences, [.id(tenant), name, .textArray(standing)]))
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
}
