internal import CLibPQ
package import TenonDomain

/// What can go wrong between this process and PostgreSQL.
package enum PostgresError: Error, Sendable {
    /// The server refused a statement.
    case server(ServerError)
    /// The connection broke, or could not be made. What was under way may or may not have happened.
    case connectionLost(String)
    /// No answer within the deadline.
    case deadlineExceeded
    /// COMMIT was sent, and its answer never came: the transaction may be committed, or may still be.
    case outcomeUnknown(String)
    /// Every connection is taken, or too much waits already.
    case poolExhausted
    case closed
    /// The task that waited was cancelled.
    case cancelled
    /// A column does not hold what the code expects.
    case undecodable(column: String, expected: String)
    /// Nothing was sent: the database that holds the tenant's rows cannot be used now.
    case refused(Failure)

    /// The fields of an error that the server sent, except its detail, which quotes values of the row.
    package struct ServerError: Sendable {
        /// Five characters, as PostgreSQL's appendix A lists them.
        let sqlState: String
        let message: String
        let constraint: String?
        var table: String?
        var column: String?
        /// The function of the server that complained: the same in every language.
        var source: String?
    }

    init(_ result: OpaquePointer) {
        func field(_ code: Unicode.Scalar) -> String? {
            PQresultErrorField(result, Int32(code.value)).map { String(cString: $0) }
        }
        self = .server(
            ServerError(
                sqlState: field("C") ?? "XX000", message: field("M") ?? "unknown error", constraint: field("n"),
                table: field("t"), column: field("c"), source: field("R")))
    }

    /// The state of an error that the server sent.
    var sqlState: String? {
        if case .server(let error) = self { error.sqlState } else { nil }
    }

    /// The name of the violated constraint.
    var constraint: String? {
        if case .server(let error) = self { error.constraint } else { nil }
    }

    /// A collision with another transaction, or with a change of the schema: nothing of the transaction is left, and
    /// running the whole again is right.
    var isCollision: Bool { sqlState == "40001" || sqlState == "40P01" || isStalePlan }

    /// As the answer to a COMMIT: says nothing about whether the transaction is committed. The server ends a session
    /// (57P01 to 57P05) at any time.
    var leavesCommitOpen: Bool {
        switch self {
        case .connectionLost, .deadlineExceeded, .cancelled, .outcomeUnknown: true
        case .server(let error): error.sqlState.hasPrefix("57P") || error.sqlState.hasPrefix("08")
        case .poolExhausted, .closed, .undecodable, .refused: false
        }
    }

    /// A lock was not free within `lock_timeout`.
    var isLockTimeout: Bool { sqlState == "55P03" }

    /// The connection forgot the statement, or its columns changed: preparing it again is right.
    var isStalePlan: Bool { sqlState == "26000" || isChangedPlan }

    /// The statement's columns changed since it was prepared. Its state is also that of features that are missing.
    var isChangedPlan: Bool {
        if case .server(let error) = self {
            error.sqlState == "0A000" && error.source == "RevalidateCachedQuery"
        } else {
            false
        }
    }
}

extension PostgresError {
    /// What `tenon.begin_write` fails with.
    private static let restoring = "TN002"

    /// What it is to a caller where no store knows better: unavailable, contention, cancelled, or a defect.
    var failure: Failure {
        switch self {
        case .server(let error): Self.failure(sqlState: error.sqlState, cause: self)
        case .connectionLost, .deadlineExceeded, .poolExhausted, .closed:
            .unavailable("The database does not answer now.", cause: self)
        case .outcomeUnknown:
            Failure(
                .outcomeUnknown,
                "The database's answer was lost. Read whether the change was made before you repeat it.",
                cause: self)
        case .cancelled: Failure(.cancelled, "The request was cancelled.", cause: self)
        case .undecodable: Failure(.internalError, Failure.bug("").detail, cause: self)
        case .refused(let failure): failure
        }
    }

    private static func failure(sqlState: String, cause: PostgresError) -> Failure {
        if sqlState == restoring {
            return Failure(
                .tenantRestoring, "The tenant is being restored from a backup.", retryAfter: .seconds(1), cause: cause)
        }
        if cause.isCollision || cause.isLockTimeout {
            return Failure(.tooMuchContention, "Try again.", retryAfter: .seconds(1), cause: cause)
        }
        switch sqlState.prefix(2) {
        // Resources (a full disk is 53100), operator intervention and `statement_timeout` (57014), system errors,
        // connection exceptions.
        case "53", "57", "58", "08":
            return .unavailable("The database cannot do this now.", cause: cause)
        // A server that only reads: a standby, during a failover.
        case "25" where sqlState == "25006":
            return .unavailable("The database cannot do this now.", cause: cause)
        default:
            return Failure(.internalError, Failure.bug("").detail, cause: cause)
        }
    }
}

extension PostgresError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .server(let error):
            "PostgreSQL \(error.sqlState): \(error.message)" + (error.constraint.map { " (constraint \($0))" } ?? "")
        case .connectionLost(let reason): "the connection to PostgreSQL is lost: \(reason)"
        case .deadlineExceeded: "PostgreSQL did not answer within the deadline"
        case .outcomeUnknown(let reason): "the answer to a COMMIT is lost: \(reason)"
        case .poolExhausted: "all connections to PostgreSQL are busy"
        case .closed: "the driver is closed"
        case .cancelled: "the task was cancelled"
        case .undecodable(let column, let expected): "the column \(column) does not hold a \(expected)"
        case .refused(let failure): failure.detail
        }
    }
}
