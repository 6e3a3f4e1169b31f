import TenonApplication
import TenonDomain
import TenonPostgres

/// A service of one's own on Tenon's modules: stores, reads and watches values in memory, then on a PostgreSQL, where
/// they are still readable after a restart.
@main
struct Embedding {
    static func main() async throws {
        let service = try await EmbeddedTenon.inMemory()
        let acme = try await service.tenant("acme")
        let namespace = try await service.configuration.createNamespace.execute(
            .init(name: NamespaceName("production"), description: nil), as: acme)
        let watch = try await service.configuration.watchNamespace.execute(
            .init(namespace: namespace.id, after: nil), as: acme)
        let key = try ConfigKey("greeting")
        async let change = watch.next(until: .now + .seconds(10))
        _ = try await service.configuration.createConfig.execute(
            .init(namespace: namespace.id, key: key, draft: ConfigDraft(value: "hello", type: .string)), as: acme)
        let found = try await service.configuration.getConfig.execute(
            .init(namespace: namespace.id, key: key), as: acme)
        print("embedding: stored and read \(found.entry.key.text)")
        guard case .changes(let changes) = try await change, changes.count == 1, found.value == "hello" else {
            fatalError("the value read is not the value stored, or the watch did not tell of it")
        }
        guard try await watch.next(until: .now + .milliseconds(10)) == .nothing else {
            fatalError("the watch told of a change that nobody made")
        }
        if CommandLine.arguments.count == 2 { try await restart(in: CommandLine.arguments[1]) }
    }

    /// Stores on a private PostgreSQL in the folder, opens everything anew, and reads.
    private static func restart(in folder: String) async throws {
        let cluster = EmbeddedCluster(EmbeddedClusterSettings(dataFolder: folder + "/data"))
        let configuration = PostgresConfiguration(parameters: try await cluster.start().parameters)
        let key = try ConfigKey("greeting")
        func opened(_ body: (EmbeddedTenon) async throws -> Void) async throws {
            let (service, database) = try await EmbeddedTenon.onPostgres(configuration, keyFile: folder + "/key")
            try await body(service)
            database.close()
        }
        var written: (acme: Caller, namespace: NamespaceID)?
        try await opened { service in
            let acme = try await service.tenant("acme")
            let namespace = try await service.configuration.createNamespace.execute(
                .init(name: NamespaceName("production"), description: nil), as: acme)
            _ = try await service.configuration.createConfig.execute(
                .init(namespace: namespace.id, key: key, draft: ConfigDraft(value: "hello", type: .string)), as: acme)
            written = (acme, namespace.id)
        }
        guard let written else { fatalError("nothing was written") }
        try await opened { service in
            let found = try await service.configuration.getConfig.execute(
                .init(namespace: written.namespace, key: key), as: written.acme)
            guard found.value == "hello" else { fatalError("the value does not open after a restart") }
            print("embedding: read \(found.entry.key.text) after a restart")
        }
        await cluster.stop()
    }
}
