public import TenonDomain

/// Makes and removes tenants' databases on the server of the shared one, with the login that migrates.
public struct PostgresTenantCluster: TenantDatabaseCluster {
    private let configuration: PostgresConfiguration
    /// Who serves: may connect to what is made, where it is another login than the one that migrates.
    private let serviceLogin: String

    /// `migrating` is the login that migrates, to the shared database; nil where the one that serves does.
    public init(_ database: PostgresDatabase, migrating: PostgresConfiguration? = nil) {
        configuration = migrating ?? database.configuration
        serviceLogin = database.login
    }

    /// The privilege is missing.
    private static let denied = "42501"

    public func create(_ name: String) async throws(Failure) {
        do throws(PostgresError) {
            let script = try await alone(name)
            if try await script.run("SELECT FROM pg_database WHERE datname = $1", [name]).isEmpty {
                try await script.run("SET statement_timeout = '60s'")
                try await script.run("CREATE DATABASE \(quoted(name)) TEMPLATE template0 ENCODING 'UTF8'")
            }
            try await script.run(closing(name))
        } catch {
            throw Self.failure(
                error,
                "The login may not make databases. Let it (ALTER ROLE … CREATEDB), or make the database \(name) and give "
                    + "it to that login (CREATE DATABASE \(name) OWNER …)")
        }
    }

    /// Nobody connects but the owner and the service. Where the login does not own the database, its owner has seen to
    /// that.
    private func closing(_ name: String) -> String {
        let roles = ["tenon_owner", "tenon_service", "tenon_relay", serviceLogin]
        return """
            DO $close$
            DECLARE
                role text;
            BEGIN
                IF NOT (SELECT pg_has_role(datdba, 'USAGE') FROM pg_database WHERE datname = '\(name)') THEN RETURN; END IF;
                EXECUTE 'REVOKE ALL ON DATABASE \(quoted(name)) FROM PUBLIC';
                FOR role IN SELECT rolname FROM pg_roles WHERE rolname IN (\(roles.map(literal).joined(separator: ", "))) LOOP
                    EXECUTE format('GRANT CONNECT ON DATABASE \(quoted(name)) TO %I', role);
                END LOOP;
            END
            $close$
            """
    }

    public func migrate(_ name: String) async throws(Failure) -> Int64 {
        let script: PostgresScript
        do throws(PostgresError) {
            script = try await alone(name)
        } catch {
            throw error.failure
        }
        _ = try await Migrator(configuration.database(name)).up()
        withExtendedLifetime(script) {}
        return Migrator.newestVersion
    }

    /// A session that works alone on the database of that name as long as it lasts: two that change its privileges at
    /// once hinder each other. A session that has just ended lets go a moment later, so it is waited for, but not as
    /// long as a restore takes: whoever is refused comes again.
    private func alone(_ name: String) async throws(PostgresError) -> PostgresScript {
        let script = try await PostgresScript.open(configuration)
        try await script.run("SET lock_timeout = '2s'")
        do throws(PostgresError) {
            try await script.run("SELECT pg_advisory_lock(hashtextextended($1, 0))", [name])
        } catch {
            guard error.isLockTimeout else { throw error }
            throw .refused(
                Failure(.tenantDatabaseUnavailable, "Somebody else works on the database \(name) just now."))
        }
        try await script.run("RESET lock_timeout")
        return script
    }

    public func drop(_ name: String, of tenant: TenantID) async throws(Failure) {
        do throws(PostgresError) {
            let script = try await alone(name)
            try await script.run("SET statement_timeout = '60s'")
            // A restore that died may have left more than the one.
            for name in [name, OwnDatabaseRestore.freshName(name), OwnDatabaseRestore.oldName(name)] {
                try await script.dropDatabase(name)
            }
            try await script.run(Bootstrap.asOwner)
            try await script.run(
                "DELETE FROM tenon.directory_entries WHERE tenant_id = $1::uuid", [Scope.uuidText(tenant)])
        } catch {
            throw Self.failure(error, "The login may not remove the database \(name): remove it as its owner")
        }
    }

    private func quoted(_ name: String) -> String {
        "\"" + name.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
    }

    private func literal(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "''") + "'"
    }

    private static func failure(_ error: PostgresError, _ whereDenied: String) -> Failure {
        switch error {
        case .refused(let failure): failure
        case _ where error.sqlState == denied:
            Failure(.tenantDatabaseUnavailable, whereDenied + ".", cause: error)
        default: Failure(.tenantDatabaseUnavailable, "\(error)", cause: error)
        }
    }
}
