public import TenonDomain

/// Counts attempts in the schema `directory`, which no tenant's rows stand in.
public struct PostgresSignInAttempts: SignInAttempts {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let begin = Statement(
        "directory_begin_sign_in", "SELECT directory.begin_sign_in($1, $2, $3, $4, $5)")
    private static let succeeded = Statement(
        "directory_sign_in_succeeded", "SELECT directory.sign_in_succeeded($1, $2)")
    private static let purge = PostgresPurge.statement(
        "purge_sign_in_attempts", "directory.sign_in_attempts", by: "last_at", where: "blocked_until < $2")

    public func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp? {
        try await database.unscopedReads.rows(
            Self.begin,
            [
                .bytesArray(keys.map(\.digest)), .intArray(keys.map { Int64($0.policy.free) }),
                .intArray(keys.map(\.policy.longest.milliseconds)), .int(AttemptPolicy.memory.milliseconds),
                .timestamp(now),
            ]
        ).first { row throws(PostgresError) in try row.optionalTimestamp(0) } ?? nil
    }

    public func succeeded(forgotten: [AttemptKey], lessened: [AttemptKey]) async throws(Failure) {
        let commands = [(forgotten, true), (lessened, false)].flatMap { keys, forget in
            keys.map { Command(Self.succeeded, [.bytes($0.digest), .bool(forget)]) }
        }
        _ = try await database.unscopedReads.rows(commands)
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            try await lease.purge(Command(Self.purge, [.timestamp(now - AttemptPolicy.memory), .timestamp(now)]))
        }
    }
}
