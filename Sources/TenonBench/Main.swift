internal import Foundation
internal import TenonPostgres

/// `TenonBench` runs every bench and prints ratios, each against a limit measured in the same run; `--only` names one of
/// `http`, `identity`, `keys`, `policy`, `audit`, `watch`, `import`, `edge` and `driver`. `TenonBench bare` and
/// `TenonBench fan-out` are limits.
@main
struct TenonBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        func option(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { arguments.indices.contains($0 + 1) ? arguments[$0 + 1] : nil }
        }
        if arguments.contains("bare") {
            return try await BareServer.run(
                port: option("--port").flatMap { Int($0) } ?? 0, size: option("--size").flatMap { Int($0) } ?? 600,
                certificate: option("--certificate"), key: option("--key"))
        }
        if arguments.contains("fan-out") {
            return try FanOut.run(
                port: option("--port").flatMap { Int($0) } ?? 0,
                readers: option("--readers").flatMap { Int($0) } ?? 1)
        }
        let seconds = option("--seconds").flatMap { Int($0) } ?? 5
        let rounds = option("--rounds").flatMap { Int($0) } ?? 3
        let only = option("--only")
        let folder = "/tmp/tenon-bench-\(getpid())"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        func wants(_ bench: String) -> Bool { only == nil || only == bench }
        if wants("http") { try HTTPBench(folder: folder, rounds: rounds, seconds: seconds).run() }
        if wants("identity") { try await IdentityBench(folder: folder, rounds: rounds, seconds: seconds).run() }
        if wants("watch") { try WatchBench(folder: folder).run() }
        if wants("import") { try ImportBench(folder: folder, rounds: rounds).run() }
        if wants("keys") { try KeyBench(folder: folder, rounds: rounds, seconds: seconds).run() }
        if wants("edge") { try EdgeBench(folder: folder, rounds: rounds, seconds: seconds).run() }
        if wants("policy") { try PolicyBench(rounds: rounds).run() }
        if wants("audit") { try await AuditBench(folder: folder, rounds: rounds).run() }
        if wants("driver") { try await driver(folder, rounds: rounds, seconds: seconds) }
    }

    private static func driver(_ folder: String, rounds: Int, seconds: Int) async throws {
        let cluster = EmbeddedCluster(EmbeddedClusterSettings(dataFolder: folder))
        let connection = try await cluster.start().parameters
        let configuration = PostgresConfiguration(parameters: connection)
        _ = try await Migrator(configuration).up()
        let database = try await PostgresDatabase.open(configuration)
        do {
            let bench = DriverBench(database: database, connection: connection, folder: folder)
            try bench.prepare()
            try await bench.run(rounds: rounds, seconds: seconds)
        } catch {
            print("the driver's bench failed: \(error)")
        }
        database.close()
        await cluster.stop()
    }
}
