internal import ArgumentParser
internal import TenonDomain
internal import TenonPostgres

/// `tenon migrate up | down N | status | new NAME`
struct Migrate: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Apply, revert, list and create migrations.",
        subcommands: [Up.self, Down.self, Status.self, New.self])

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Apply missing migrations.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let (applied, tenants) = try await withMigrators(database) { migrator, tenants throws(Failure) in
                (try await migrator.up(), try await tenants.up())
            }
            for name in applied { print("applied \(name)") }
            if applied.isEmpty { print("nothing to apply") }
            try report(tenants, "applied")
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Revert the newest migrations and delete their data.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The number of migrations.") var count: Int

        func validate() throws {
            guard count > 0 else { throw ValidationError("COUNT must be at least 1, got \(count).") }
        }

        func run() async throws {
            let count = count
            let (taken, tenants) = try await withMigrators(database) { migrator, tenants throws(Failure) in
                // The list of tenants' databases is in the shared one, and may be deleted with it.
                let outcomes = try await tenants.down(count)
                return (try await migrator.down(count), outcomes)
            }
            for name in taken { print("reverted \(name)") }
            if taken.isEmpty { print("nothing to revert") }
            try report(tenants, "reverted")
        }
    }

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the migrations.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let (all, tenants) = try await withMigrators(database) { migrator, tenants throws(Failure) in
                (try await migrator.status(), try await tenants.status())
            }
            for migration in all { print("\(migration.isApplied ? "applied" : "missing")  \(migration.name)") }
            for tenant in tenants where tenant.database.state != .dropped { print(TenantText.line(tenant)) }
        }
    }

    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Create the files of a new migration.")

        @Argument(help: "The name in snake_case.") var name: String
        @Option(help: "The project folder.") var project = "."

        func validate() throws {
            guard !name.isEmpty, name.allSatisfy({ $0.isLowercase && $0.isASCII || $0.isNumber || $0 == "_" }) else {
                throw ValidationError("NAME must consist of a-z, 0-9 and _, got '\(name)'.")
            }
        }

        func run() throws {
            try NewMigration(project: project, name: name).write()
        }
    }
}

/// Lends the migrators of the configured database and of the tenants' own databases.
private func withMigrators<Value: Sendable>(
    _ options: DatabaseOptions, _ body: (Migrator, TenantMigrator) async throws(Failure) -> Value
) async throws -> Value {
    try await CommandDatabase.migrating(try options.settings()) { configuration throws(Failure) in
        try await body(Migrator(configuration), TenantMigrator(configuration))
    }
}

/// Prints one line per tenant's database; fails if one failed.
private func report(_ outcomes: [TenantMigrator.Outcome], _ verb: String) throws {
    for outcome in outcomes {
        let tenant = TenantText.name(outcome.standing)
        switch outcome.result {
        case .success(let names): if !names.isEmpty { print("\(tenant): \(verb) \(names.joined(separator: ", "))") }
        case .failure(let failure): print("\(tenant): failed: \(failure.detail)")
        }
    }
    let failed = outcomes.count { if case .failure = $0.result { true } else { false } }
    if failed > 0 { throw ExitCode.failure }
}
