internal import ArgumentParser
internal import Glibc
internal import TenonDomain
internal import TenonKit
internal import TenonPostgres

/// `tenon tenant list | backup TENANT FILE | restore TENANT FILE`
struct TenantCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "Look at tenants' databases, back up and restore single tenants.",
        subcommands: [List.self, Backup.self, Restore.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "The tenants that have a database of their own: its state and the version of its schema.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let settings = try database.settings()
            let all = try await CommandDatabase.use(settings) { database throws(Failure) in
                try await TenantMigrator(database, migrating: try settings.migrationConfiguration).status()
            }
            for tenant in all { print(TenantText.line(tenant)) }
            if all.isEmpty { print("every tenant stands in the shared database") }
        }
    }

    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a tenant's rows to a new file.",
            discussion: "The keys that open its sealed values are not in it: see docs/tenancy.md.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Argument(help: "The file, which must not be there yet.") var file: String

        func run() async throws {
            let (name, path) = (tenant, file)
            let done = try await TenantCommands.with(database, name) { backup, tenant, _, core throws(Failure) in
                try await backup.write(tenant.id, to: path, at: core.clock.now())
            }
            print("wrote \(done.rows) rows of \(done.tables) tables to \(file)")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put a backup's rows in the place of the tenant's.",
            discussion: "Its users sign in again. What the audit log says since the backup stays.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Argument(help: "A file of tenon tenant backup, of the same tenant.") var file: String
        @Option(help: "The tenant's slug, once more: what it has now is lost.") var yesReplace: String

        func run() async throws {
            let (name, path, confirmation) = (tenant, file, yesReplace)
            let done = try await TenantCommands.with(database, name) { backup, tenant, tenants, _ throws(Failure) in
                guard tenant.slug.text == confirmation else {
                    throw .invalid(
                        "not_confirmed", "Nothing was restored: --yes-replace has to name the tenant's slug.")
                }
                let done = try await backup.restore(tenant.id, from: path)
                try await tenants.note(.tenantRowsRestored, on: tenant.id, ["rows": .integer(done.rows)])
                return done
            }
            print("restored \(done.rows) rows of \(done.tables) tables")
        }
    }

    private static func with<Value: Sendable>(
        _ options: DatabaseOptions, _ name: String,
        _ body: (TenantBackup, Tenant, OperatorTenants, Core) async throws(Failure) -> Value
    ) async throws -> Value {
        try await CommandDatabase.withKeys(options) { database, context throws(Failure) in
            let (settings, core) = (context.settings, context.core)
            let storage = Storage.postgres(database, nil)
            let tenants = OperatorTenants(
                storage, try await Keyring.open(settings, storage, keks: context.keks, core), core)
            let backup = TenantBackup(database, migrating: try settings.migrationConfiguration)
            return try await body(backup, try await tenants.tenant(name), tenants, core)
        }
    }
}
