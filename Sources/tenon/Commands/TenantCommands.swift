internal import ArgumentParser
internal import Glibc
internal import TenonApplication
internal import TenonDomain
internal import TenonKit
internal import TenonPostgres
internal import TenonService

/// `tenon tenant list | backup TENANT FILE | restore TENANT FILE`
struct TenantCommands: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "tenant", abstract: "List tenants' databases; back up and restore single tenants.",
        subcommands: [List.self, Backup.self, Restore.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List tenants with their own database, its state and schema version.")

        @OptionGroup var database: DatabaseOptions

        func run() async throws {
            let settings = try database.settings()
            let all = try await CommandDatabase.use(settings) { database throws(Failure) in
                try await TenantMigrator(database, migrating: try settings.migrationConfiguration).status()
            }
            for tenant in all { print(TenantText.line(tenant)) }
            if all.isEmpty { print("every tenant is in the shared database") }
        }
    }

    struct Backup: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Back up a tenant to a new file.",
            discussion: "The backup does not contain the keys that decrypt its values: see docs/tenancy.md.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Argument(help: "The file; it must not exist.") var file: String

        func run() async throws {
            let (name, path) = (tenant, file)
            let done = try await TenantCommands.with(database, name) { backup, tenant, context throws(Failure) in
                try await backup.write(tenant.id, to: path, at: context.tenon.parts.ports.clock.now())
            }
            print("wrote \(done.rows) rows of \(done.tables) tables to \(file)")
        }
    }

    struct Restore: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Replace a tenant's rows with those of a backup.",
            discussion: "The tenant's users must sign in again. Audit records since the backup are kept.")

        @OptionGroup var database: DatabaseOptions
        @Argument(help: "The tenant's slug or id.") var tenant: String
        @Argument(help: "A backup of the same tenant.") var file: String
        @Option(help: "The tenant's slug, to confirm that its current data is lost.") var yesReplace: String

        func run() async throws {
            let (name, path, confirmation) = (tenant, file, yesReplace)
            let done = try await TenantCommands.with(database, name) { backup, tenant, context throws(Failure) in
                guard tenant.slug.text == confirmation else {
                    throw .invalid(
                        "not_confirmed", "Nothing was restored: --yes-replace must be the tenant's slug.")
                }
                let done = try await backup.restore(tenant.id, from: path)
                try await OperatorTenants(context.tenon).note(
                    .tenantRowsRestored, on: tenant.id, ["rows": .integer(done.rows)])
                return done
            }
            print("restored \(done.rows) rows of \(done.tables) tables")
        }
    }

    private static func with<Value: Sendable>(
        _ options: DatabaseOptions, _ name: String,
        _ body: (TenantBackup, Tenant, CommandContext) async throws(Failure) -> Value
    ) async throws -> Value {
        try await CommandDatabase.withTenon(options) { context throws(Failure) in
            let backup = TenantBackup(context.database, migrating: try context.settings.migrationConfiguration)
            return try await body(backup, try await OperatorTenants(context.tenon).tenant(name), context)
        }
    }
}
