internal import CLibPQ
internal import Glibc
internal import TenonDomain

/// Looks whether a new session is what was asked for: a database in UTF-8, and the settings that went with the login. A
/// pooler in between may drop those, and the session would have another role's rights.
enum SessionCheck {
    /// One round trip; none where no settings are expected. Fails with `refused` and `databaseUnsuitable`, or as the
    /// connection does.
    static func run(
        _ connection: OpaquePointer, _ expected: [(key: String, value: String)]
    ) throws(PostgresError) {
        for (key, owner) in [("server_encoding", "database"), ("client_encoding", "session")] {
            let encoding = PQparameterStatus(connection, key).map { String(cString: $0) } ?? "unknown"
            guard encoding == "UTF8" else {
                throw .refused(
                    .unsuitable(
                        "The \(owner)'s encoding must be UTF8, got \(encoding): create a database with TEMPLATE template0 "
                            + "ENCODING 'UTF8' and use that."))
            }
        }
        guard !expected.isEmpty else { return }
        for ((key, wanted), found) in zip(expected, try settings(expected.map(\.key), connection))
        where found != wanted {
            throw .refused(
                .unsuitable(
                    "The session's \(key) must be \(wanted), got \(found ?? "none"): connect to PostgreSQL itself and not "
                        + "through a pooler such as PgBouncer, which drops the login's options."))
        }
    }

    /// The value of each, for `role` the user whose rights the session has.
    private static func settings(
        _ keys: [String], _ connection: OpaquePointer
    ) throws(PostgresError) -> [String?] {
        // None of them is input: the keys are the code's own.
        let columns = keys.map { $0 == "role" ? "current_user" : "current_setting('\($0)', true)" }
        guard let result = PQexec(connection, "SELECT \(columns.joined(separator: ", "))") else {
            throw .connectionLost(String(cString: PQerrorMessage(connection)))
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_TUPLES_OK else { throw PostgresError(result) }
        return keys.indices.map { column in
            PQgetisnull(result, 0, Int32(column)) == 1
                ? nil : String(cString: PQgetvalue(result, 0, Int32(column)))
        }
    }
}

extension Failure {
    fileprivate static func unsuitable(_ detail: String) -> Failure { Failure(.databaseUnsuitable, detail) }
}
