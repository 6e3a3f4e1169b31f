internal import ArgumentParser
internal import FoundationEssentials
internal import TenonDomain
internal import TenonPostgres

/// `tenon migrate up | down N | status | new NAME`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Bring the database to a version of the schema.",
        subcommands: [Up.self, Down.self, Status.self, New.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Apply what is missing.")

        func run() async throws {
            let applied = try await withMigrator { migrator throws(Failure) in try await migrator.up() }
            for name in applied { print("applied \(name)") }
            if applied.isEmpty { print("nothing to apply") }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Take the newest migrations back, with their data.")

        @Argument(help: "How many.") var count: Int

        func validate() throws {
            guard count > 0 else { throw ValidationError("N is at least 1.") }
        }

        func run() async throws {
            let count = count
            let taken = try await withMigrator { migrator throws(Failure) in try await migrator.down(count) }
            for name in taken { print("took back \(name)") }
            if taken.isEmpty { print("nothing to take back") }
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the migrations.")

        func run() async throws {
            let all = try await withMigrator { migrator throws(Failure) in try await migrator.status() }
            for migration in all { print("\(migration.isApplied ? "applied" : "missing")  \(migration.name)") }
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Make the files of a new migration.")

        @Argument(help: "snake_case") var name: String
        @Option(help: "Where the project is.") var project = "."

        func validate() throws {
            guard !name.isEmpty, name.allSatisfy({ $0.isLowercase && $0.isASCII || $0.isNumber || $0 == "_" }) else {
                throw ValidationError("NAME has letters a-z, digits and _.")
            }
        }

        func run() throws {
            try NewMigration(project: project, name: name).write()
        }
    }
}

/// Lends a migrator of the database that the settings name: a server's, the running private cluster's, or that of a
/// private cluster started for the time of the body.
private func withMigrator<Value: Sendable>(
    _ body: (Migrator) async throws(Failure) -> Value
) async throws -> Value {
    let settings = try Settings.load()
    if let configuration = try settings.migrationConfiguration { return try await body(Migrator(configuration)) }
    return try await EmbeddedCluster.use(settings.cluster) { connection throws(Failure) in
        try await body(Migrator(PostgresConfiguration(parameters: connection.parameters)))
    }
}

/// The files of a new migration, and its name in the two lists.
struct NewMigration {
    let project: String
    let name: String

    func write() throws {
        let folder = "\(project)/Migrations"
        let numbers = try FileManager.default.contentsOfDirectory(atPath: folder).compactMap { Int($0.prefix(4)) }
        let digits = String((numbers.max() ?? 0) + 1)
        let full = String(repeating: "0", count: 4 - digits.count) + digits + "_" + name
        for direction in ["up", "down"] {
            try Data("-- \(name)\n".utf8).write(to: URL(filePath: "\(folder)/\(full).\(direction).sql"))
        }
        // SwiftPM names embedded files by their identifiers: the first digit becomes an underscore.
        let symbol = "_" + full.dropFirst()
        try insert(
            """
                    Migration(
                        "\(full)", up: PackageResources.\(symbol)_up_sql, down: PackageResources.\(symbol)_down_sql),

            """, before: "    ]\n}", into: "\(folder)/Migrations.swift")
        try insert("    \"\(full)\",\n", before: "]\n", into: "\(project)/Package.swift", after: "let migrations = [")
        print("made \(folder)/\(full).up.sql and .down.sql")
    }

    private func insert(_ text: String, before mark: String, into path: String, after start: String = "") throws {
        let content = String(decoding: try Data(contentsOf: URL(filePath: path)), as: UTF8.self)
        guard let begin = start.isEmpty ? content.startIndex : content.firstRange(of: start)?.upperBound,
            let place = content[begin...].firstRange(of: mark)
        else { throw ValidationError("\(path) has no list of migrations") }
        let changed = content[..<place.lowerBound] + text + content[place.lowerBound...]
        try Data(String(changed).utf8).write(to: URL(filePath: path))
    }
}
