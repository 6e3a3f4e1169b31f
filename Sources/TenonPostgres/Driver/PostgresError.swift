internal import CLibPQ
internal import TenonDomain

/// What can go wrong between this process and PostgreSQL.
package enum PostgresError: Error, Sendable {
    /// The server refused a statement.
    case server(ServerError)
    /// The connection broke, or could not be made. What was under way may or may not have happened.
    case connectionLost(String)
    /// No answer within the deadline.
    case deadlineExceeded
    /// Every connection is taken, or too much waits already.
    case poolExhausted
    case closed
    /// The task that waited was cancelled.
    case cancelled
    /// A column does not hold what the code expects.
    case undecodable(column: String, expected: String)

    /// The fields of an error that the server sent.
    package struct ServerError: Sendable {
        let sqlState: String
        let message: String
        let constraint: String?
    }

    init(_ result: OpaquePointer) {
        func field(_ code: Int32) -> String? { PQresultErrorField(result, code).map { String(cString: $0) } }
        self = .server(
            ServerError(
                sqlState: field(Int32(UInt8(ascii: "C"))) ?? "XX000",
                message: field(Int32(UInt8(ascii: "M"))) ?? "unknown error",
                constraint: field(Int32(UInt8(ascii: "n")))))
    }

    var sqlState: String? {
        if case .server(let error) = self { error.sqlState } else { nil }
    }

    /// The name of the violated constraint.
    var constraint: String? {
        if case .server(let error) = self { error.constraint } else { nil }
    }

    /// A collision with another transaction: running the whole again is right.
    var isCollision: Bool { sqlState == "40001" || sqlState == "40P01" }

    /// What the connection forgot: preparing the statement again is right.
    var isStalePlan: Bool { sqlState == "26000" || sqlState == "0A000" }

    /// What it is to a caller.
    var failure: Failure {
        switch self {
        case .server(let error):
            switch error.sqlState.prefix(2) {
            case "40":
                Failure(.tooMuchContention, "Try again.", retryAfter: .seconds(1), cause: self)
            // Resources (a full disk is 53100), operator intervention, system errors, connection exceptions.
            case "53", "57", "58", "08", "25":
                .unavailable("The database cannot do this now.", cause: self)
            default:
                Failure(.internalError, Failure.bug("").detail, cause: self)
            }
        case .connectionLost, .deadlineExceeded, .poolExhausted, .closed:
            .unavailable("The database does not answer now.", cause: self)
        case .cancelled: Failure(.cancelled, "The request was given up.", cause: self)
        case .undecodable: Failure(.internalError, Failure.bug("").detail, cause: self)
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
        case .poolExhausted: "all connections to PostgreSQL are busy"
        case .closed: "the driver is closed"
        case .cancelled: "the task was cancelled"
        case .undecodable(let column, let expected): "the column \(column) does not hold a \(expected)"
        }
    }
}
