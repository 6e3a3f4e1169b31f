internal import CLibPQ
internal import Glibc
internal import TenonDomain
internal import TenonKit

/// A connection for scripts of several statements: start-up and migrations. Every call runs on a thread of its own
/// and waits there.
package final class PostgresScript: @unchecked Sendable {
    // One caller at a time uses it; each call is over before the next begins.
    let connection: OpaquePointer

    private init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    deinit {
        PQfinish(connection)
    }

    /// How long one statement may take, whatever the login's own limit is: a restore or a migration takes its time.
    private static let timeout = Duration.seconds(3600)

    package static func open(_ configuration: PostgresConfiguration) async throws(PostgresError) -> PostgresScript {
        let limited = configuration.settings([("statement_timeout", String(timeout.milliseconds))])
        return PostgresScript(try await DedicatedThread.connect(limited).take())
    }

    /// Runs the text and answers the rows of its last statement as text; null is nil. What stands in the text is not
    /// escaped: no input goes there, only `arguments` of a single statement.
    @discardableResult
    package func run(_ sql: String, _ arguments: [String] = []) async throws(PostgresError) -> [[String?]] {
        try await DedicatedThread.run { () throws(PostgresError) in try self.execute(sql, arguments) }
    }

    private func execute(_ sql: String, _ arguments: [String]) throws(PostgresError) -> [[String?]] {
        let result: OpaquePointer?
        if arguments.isEmpty {
            result = PQexec(connection, sql)
        } else {
            let texts = arguments.map { strdup($0) }
            defer { for text in texts { free(text) } }
            result = PQexecParams(
                connection, sql, Int32(texts.count), nil, texts.map { UnsafePointer($0) }, nil, nil, 0)
        }
        guard let result else { throw .connectionLost(String(cString: PQerrorMessage(connection))) }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: break
        default:
            guard PQstatus(connection) == CONNECTION_OK else {
                throw .connectionLost(String(cString: PQerrorMessage(connection)))
            }
            throw PostgresError(result)
        }
        return (0..<PQntuples(result)).map { row in
            (0..<PQnfields(result)).map { column in
                PQgetisnull(result, row, column) == 1 ? nil : String(cString: PQgetvalue(result, row, column))
            }
        }
    }
}
