internal import TenonDomain

/// The sessions of whole databases, by a login that need not be a superuser.
extension PostgresScript {
    /// Ends the clients' sessions that this login may end, and waits until none is left; names the one in the way where
    /// that takes too long. To be called when the database takes no new connections. Autovacuum workers are left to the
    /// command that needs the database to itself: PostgreSQL ends them for it, and waits.
    func disconnect(_ name: String, but kept: String = "0") async throws(PostgresError) {
        var inTheWay: [[String?]] = []
        for _ in 0..<200 {
            inTheWay = try await run(
                """
                SELECT a.pid, r.rolname, CASE
                    WHEN (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
                        OR NOT r.rolsuper AND (pg_has_role(r.oid, 'USAGE') OR pg_has_role('pg_signal_backend', 'USAGE'))
                    THEN pg_terminate_backend(a.pid) END
                FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
                WHERE a.datname = $1 AND a.pid <> $2::int
                """, [name, kept])
            if inTheWay.isEmpty { return }
            try? await Task.sleep(for: .milliseconds(25))
        }
        let first = inTheWay.first.map { "process \($0[0] ?? "?") of the login \($0[1] ?? "?")" } ?? ""
        let reason = inTheWay.first?[2] == nil ? "which only a superuser may end" : "which does not end"
        throw .refused(
            Failure(
                .databaseInUse, "The database \(name) is in use by \(first), \(reason): end it and try again."))
    }

    /// Removes the database where there is one, whoever is connected to it.
    func dropDatabase(_ name: String) async throws(PostgresError) {
        guard try await !run("SELECT FROM pg_database WHERE datname = $1", [name]).isEmpty else { return }
        // A client that is cut off connects again at once, which would keep the database.
        try await run("ALTER DATABASE \"\(name)\" WITH ALLOW_CONNECTIONS false")
        try await disconnect(name)
        try await run("DROP DATABASE \"\(name)\"")
    }
}

extension FailureCode {
    static let databaseInUse = FailureCode(
        "database_in_use", .unavailable, "The database is in use",
        "A session that Tenon may not end is connected to a tenant's database, which is to be replaced or removed.")
}
