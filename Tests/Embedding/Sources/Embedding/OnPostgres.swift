import Logging
import ServiceLifecycle
import TenonApplication
import TenonDomain
import TenonPostgres
import TenonService

enum OnPostgres {
    /// Opens a database with what it holds, and reads a value.
    static func read(
        _ url: PostgresConfiguration, keyFile: String, namespace: NamespaceID, as caller: Caller, logger: Logger
    ) async throws {
        // begin
        let storage = try await PostgresStorage.open(url, .system())
        let tenon = try await Tenon(on: storage, keys: .file(keyFile))
        let group = ServiceGroup(services: try await tenon.services(logger), logger: logger)
        let running = Task { try await group.run() }
        let greeting = try await tenon.configuration.getConfig.execute(
            .init(namespace: namespace, key: ConfigKey("greeting")), as: caller)
        print("\(greeting.entry.key.text): \(greeting.value ?? .null)")
        await group.triggerGracefulShutdown()
        try await running.value
        // end
    }
}
