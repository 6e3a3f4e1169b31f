public import TenonDomain
public import TenonKit

/// Counts attempts in the schema `directory`, which no tenant's rows stand in.
public struct PostgresSignInAttempts: SignInAttempts {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    private static let begin = Statement(
        "directory_begin_sign_in", "SELECT directory.begin_sign_in($1, $2, $3, $4, $5, $6, $7)", isRepeatable: false)
    private static let succeeded = Statement(
        "directory_sign_in_succeeded", "SELECT directory.sign_in_succeeded($1, $2, $3, $4)", isRepeatable: false)
    private static let purgeKnown = PostgresPurge.statement(
        "purge_known_sign_ins", "directory.known_sign_ins", by: "seen_at")
    private static let purge = PostgresPurge.statement(
        "purge_sign_in_attempts", "directory.sign_in_attempts", by: "last_at", where: "blocked_until < $2")

    public func begin(_ keys: [AttemptKey], at now: Timestamp) async throws(Failure) -> Timestamp? {
        try await database.unscopedWrites.rows(
            Self.begin,
            [
                .bytesArray(keys.map(\.digest)), .intArray(keys.map { Int64($0.policy.free) }),
                .intArray(keys.map(\.policy.longest.milliseconds)), .bytesArray(keys.map(\.exemption)),
                .int(AttemptPolicy.memory.milliseconds), .int(AttemptPolicy.trust.milliseconds), .timestamp(now),
            ]
        ).value("begin_sign_in", as: Timestamp?.self) ?? nil
    }

    public func succeeded(
        forgotten: [AttemptKey], lessened: [AttemptKey], exemption: [UInt8]?, at now: Timestamp
    ) async throws(Failure) {
        _ = try await database.unscopedWrites.rows(
            Self.succeeded,
            [
                .bytesArray(forgotten.map(\.digest)), .bytesArray(lessened.map(\.digest)), exemption.bind,
                .timestamp(now),
            ])
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            let known = try await lease.purge(Command(Self.purgeKnown, [.timestamp(now - AttemptPolicy.trust)]))
            return try await known
                + lease.purge(Command(Self.purge, [.timestamp(now - AttemptPolicy.memory), .timestamp(now)]))
        }
    }
}
