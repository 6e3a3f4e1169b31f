internal import Foundation
internal import TenonKit
internal import TenonPostgres

/// `TenonBench` runs every part and prints figures, each against a limit; see `usage`.
@main
struct TenonBench {
    private struct Part: Sendable {
        let name: String
        let help: String
        let run: @Sendable (Options) async throws -> Void
    }

    private struct Options {
        var folder = "/tmp/tenon-bench-\(getpid())"
        var seconds = 5
        var rounds = 3
        var only: String?
    }

    private static let parts = [
        Part(name: "http", help: "reads and writes over HTTP, memory, start") {
            try HTTPBench(folder: $0.folder, rounds: $0.rounds, seconds: $0.seconds).run()
        },
        Part(name: "identity", help: "tokens, refreshes, logins") {
            try await IdentityBench(folder: $0.folder, rounds: $0.rounds, seconds: $0.seconds).run()
        },
        Part(name: "watch", help: "from a change to its watchers") { try WatchBench(folder: $0.folder).run() },
        Part(name: "import", help: "imports against COPY") {
            try ImportBench(folder: $0.folder, rounds: $0.rounds).run()
        },
        Part(name: "keys", help: "reads with an API key") {
            try KeyBench(folder: $0.folder, rounds: $0.rounds, seconds: $0.seconds).run()
        },
        Part(name: "edge", help: "TLS, HTTP/2, silent connections, overload") {
            try EdgeBench(folder: $0.folder, rounds: $0.rounds, seconds: $0.seconds).run()
        },
        Part(name: "fairness", help: "what one client's attacks cost the others") {
            try FairnessBench(folder: $0.folder, seconds: $0.seconds).run()
        },
        Part(name: "policy", help: "authorization checks") { try PolicyBench(rounds: $0.rounds).run() },
        Part(name: "audit", help: "verification of the audit log") {
            try await AuditBench(folder: $0.folder, rounds: $0.rounds).run()
        },
        Part(name: "driver", help: "the database driver against pgbench") { try await driver($0) },
    ]

    private static var usage: String {
        """
        usage: TenonBench [--only PART] [--seconds N] [--rounds N]

        Runs every part, or the one that is named, and prints figures, each against a limit. --seconds is how long one
        measurement takes (5), --rounds how often it is made (3).

        \(parts.map { "  \($0.name.padding(toLength: 10, withPad: " ", startingAt: 0))\($0.help)" }.joined(separator: "\n"))

        TenonBench bare and TenonBench fan-out are limits, which the parts start.
        """
    }

    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        func option(_ name: String) -> Int? {
            arguments.firstIndex(of: name).flatMap { Int(arguments.dropFirst($0 + 1).first ?? "") }
        }
        func text(_ name: String) -> String? {
            arguments.firstIndex(of: name).flatMap { arguments.dropFirst($0 + 1).first }
        }
        switch arguments.first {
        case "bare":
            return try await BareServer.run(
                port: option("--port") ?? 0, size: option("--size") ?? 600, certificate: text("--certificate"),
                key: text("--key"))
        case "fan-out": return try FanOut.run(port: option("--port") ?? 0, readers: option("--readers") ?? 1)
        case "--help", "-h", "help": return print(usage)
        default: break
        }
        guard let options = options(arguments) else {
            FileHandle.standardError.write(Data("\(usage)\n".utf8))
            exit(64)
        }
        var hasFailed = false
        for part in parts where options.only == nil || options.only == part.name {
            // What a part started ends with it, however it ends.
            do { try await part.run(options) } catch {
                print("\(part.name) failed: \(error)")
                hasFailed = true
            }
        }
        try? FileManager.default.removeItem(atPath: options.folder)
        if hasFailed { exit(1) }
    }

    /// Nil where an option is unknown or has no good value.
    private static func options(_ arguments: [String]) -> Options? {
        var options = Options()
        var rest = arguments[...]
        while let name = rest.popFirst() {
            guard let value = rest.popFirst() else { return nil }
            switch (name, Int(value)) {
            case ("--only", _) where parts.contains { $0.name == value }: options.only = value
            case ("--seconds", let number?) where number > 0: options.seconds = number
            case ("--rounds", let number?) where number > 0: options.rounds = number
            default: return nil
            }
        }
        return options
    }

    private static func driver(_ options: Options) async throws {
        let cluster = EmbeddedCluster(EmbeddedClusterSettings(dataFolder: options.folder))
        let connection = try await cluster.start().parameters
        let outcome: Result<Void, any Error>
        do {
            let configuration = PostgresConfiguration(parameters: connection)
            _ = try await Migrator(configuration).up()
            let database = try await PostgresDatabase.open(configuration)
            defer { database.close() }
            let bench = DriverBench(database: database, connection: connection, folder: options.folder)
            try bench.prepare()
            try await bench.run(rounds: options.rounds, seconds: options.seconds)
            outcome = .success(())
        } catch {
            outcome = .failure(error)
        }
        await cluster.stop()
        try outcome.get()
    }
}
