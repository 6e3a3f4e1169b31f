public import TenonDomain

/// The account of rate limits in a table, on the database's clock. A row says of whom and how much and nothing of what was
/// asked, so it stands outside of the tenants' policies: one statement books for the callers of many tenants.
public struct PostgresRateLedger: RateLedger {
    private let runner: any StatementRunner

    public init(_ database: PostgresDatabase) {
        runner = database.unscopedReads
    }

    /// In one order everywhere, so that two processes never wait for each other's rows. A row that is new here stands at
    /// what `charge` makes of nothing.
    private static let charge = Statement(
        "book_rates",
        """
        INSERT INTO rate_ledger AS r (kind, id, arrival)
        SELECT b.kind, b.id, nanoseconds() + least(b.cost, $4) FROM unnest($1::text[], $2::uuid[], $3::bigint[])
            AS b (kind, id, cost) ORDER BY b.kind, b.id
        ON CONFLICT (kind, id) DO UPDATE SET arrival = least(
            greatest(r.arrival, nanoseconds()) + excluded.arrival - nanoseconds(), nanoseconds() + $4)
        RETURNING kind, id, greatest(arrival - nanoseconds(), 0)
        """)
    private static let forget = Statement(
        "forget_idle_rates",
        """
        WITH gone AS (DELETE FROM rate_ledger WHERE arrival <= nanoseconds() RETURNING 1) SELECT count(*) FROM gone
        """)

    public func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64] {
        let rows = try await runner.rows(
            Self.charge,
            [
                .textArray(bookings.map(\.subject.kind.rawValue)),
                .uuidArray(bookings.map { ($0.subject.high, $0.subject.low) }),
                .intArray(bookings.map(\.cost)), .int(2 * RateLimit.window),
            ]
        ).decoded { row throws(PostgresError) in
            let (high, low) = try row.uuid(1)
            return (RateSubject(try row.choice(0), high: high, low: low), try row.int(2))
        }
        let used = Dictionary(rows) { first, _ in first }
        return bookings.map { used[$0.subject] ?? 0 }
    }

    public func forgetIdle() async throws(Failure) -> Int {
        try await runner.rows(Self.forget, []).first { row throws(PostgresError) in Int(try row.int(0)) } ?? 0
    }
}
