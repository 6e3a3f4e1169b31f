import Foundation
import Logging
import ServiceLifecycle
import TenonApplication
import TenonDomain
import TenonPostgres
import TenonService

/// A service of one's own on Tenon's modules: stores, reads and watches values in memory, then on a PostgreSQL, where
/// they are still readable after a restart.
@main
struct Embedding {
    static func main() async throws {
        try await InMemory.run()
        if CommandLine.arguments.count == 2 { try await restart(in: CommandLine.arguments[1]) }
        for file in ["InMemory", "OnPostgres"] { try count(file) }
    }

    /// On a private PostgreSQL in the folder: stores, and reads twice with everything opened anew.
    private static func restart(in folder: String) async throws {
        let cluster = EmbeddedCluster(EmbeddedClusterSettings(dataFolder: folder + "/data"))
        let url = PostgresConfiguration(parameters: try await cluster.start().parameters)
        var logger = Logger(label: "embedding")
        logger.logLevel = .warning
        let tenon = try await Tenon(on: try await PostgresStorage.open(url, .system()), keys: .file(folder + "/key"))
        let acme = try await tenon.tenants.createTenant.execute(
            .init(name: DisplayName("Acme"), slug: TenantSlug("acme")), as: .job("setup"))
        let caller = Caller.job("greeter", of: acme.id)
        let namespace = try await tenon.configuration.createNamespace.execute(
            .init(name: NamespaceName("production")), as: caller)
        _ = try await tenon.configuration.createConfig.execute(
            .init(namespace: namespace.id, key: ConfigKey("greeting"), draft: ConfigDraft(inferredFrom: "hello")),
            as: caller)
        for _ in 1...2 {
            try await OnPostgres.read(
                url, keyFile: folder + "/key", namespace: namespace.id, as: caller, logger: logger)
        }
        await cluster.stop()
    }

    /// What an embedder writes fits in ten lines.
    private static func count(_ file: String) throws {
        let path = #filePath.replacingOccurrences(of: "Main.swift", with: "\(file).swift")
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
            .map { $0.trimmingCharacters(in: .whitespaces) }
        guard let begin = lines.firstIndex(of: "// begin"), let end = lines.firstIndex(of: "// end") else {
            fatalError("\(file).swift has no // begin and // end")
        }
        guard end - begin - 1 <= 10 else { fatalError("\(file).swift needs \(end - begin - 1) lines, 10 are allowed") }
        print("embedding: \(file) takes \(end - begin - 1) lines")
    }
}
