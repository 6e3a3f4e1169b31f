internal import ServiceLifecycle
internal import TenonDomain
internal import TenonPostgres

/// Keeps the private PostgreSQL cluster until shutdown. The cluster is started earlier, because the database needs it.
struct ClusterService: Service {
    let cluster: EmbeddedCluster

    func run() async throws {
        let cluster = cluster
        try await withGracefulShutdownHandler {
            try await cluster.run()
        } onGracefulShutdown: {
            Task { await cluster.stop() }
        }
    }
}

/// Enforces the connections' deadlines and closes the connections at shutdown.
struct DatabaseService: Service {
    let database: PostgresDatabase

    func run() async throws {
        await cancelWhenGracefulShutdown { [database] in await database.run() }
        database.close()
    }
}
