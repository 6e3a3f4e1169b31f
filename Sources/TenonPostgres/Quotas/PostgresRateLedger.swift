public import TenonDomain
public import TenonKit

/// The account of rate limits in a table, on the database's clock. A row says of whom and how much and nothing of what was
/// asked, so it stands outside of the tenants' policies: one statement books for the callers of many tenants.
public struct PostgresRateLedger: RateLedger {
    private let database: PostgresDatabase

    public init(_ database: PostgresDatabase) {
        self.database = database
    }

    /// Rows are locked in one order, so that two processes cannot deadlock. A new row starts as if nothing had been
    /// used.
    private static let charge = Statement(
        "book_rates",
        """
        INSERT INTO rate_ledger AS r (kind, id, arrival)
        SELECT b.kind, b.id, nanoseconds() + least(b.cost, $4) FROM unnest($1::text[], $2::uuid[], $3::bigint[])
            AS b (kind, id, cost) ORDER BY b.kind, b.id
        ON CONFLICT (kind, id) DO UPDATE SET arrival = least(
            greatest(r.arrival, nanoseconds()) + excluded.arrival - nanoseconds(), nanoseconds() + $4)
        RETURNING kind, id, greatest(arrival - nanoseconds(), 0) AS amount
        """)
    private static let row = Columns<(subject: RateSubject, amount: Int64)> { c in
        let (kind, id) = (c.read("kind", as: RateSubject.Kind.self), c.read("id", as: RawUUID.self))
        let amount = c.read("amount", as: Int64.self)
        return { row, _ throws(PostgresError) in
            let id = try row[id]
            return (RateSubject(try row[kind], high: id.high, low: id.low), try row[amount])
        }
    }
    /// The next batch of rows that are idle, in the order of their keys. Rows that are locked by a booking are skipped,
    /// so that no booking waits for long.
    private static let forget = Statement(
        "forget_idle_rates",
        """
        WITH batch AS (
            SELECT kind, id FROM rate_ledger WHERE (kind, id) > ($1, $2) AND arrival <= nanoseconds()
            ORDER BY kind, id LIMIT 1000 FOR UPDATE SKIP LOCKED),
        gone AS (DELETE FROM rate_ledger r USING batch b WHERE r.kind = b.kind AND r.id = b.id)
        SELECT kind, id, count(*) OVER () AS amount FROM batch ORDER BY kind DESC, id DESC LIMIT 1
        """)

    public func book(_ bookings: [RateBooking]) async throws(Failure) -> [Int64] {
        let rows = try await database.unscopedWrites.rows(
            Self.charge,
            [
                .textArray(bookings.map(\.subject.kind.rawValue)),
                .uuidArray(bookings.map { ($0.subject.high, $0.subject.low) }),
                .intArray(bookings.map(\.cost)), .int(2 * RateLimit.window),
            ]
        ).decoded(Self.row, of: .platform)
        let used = Dictionary(rows.map { ($0.subject, $0.amount) }) { first, _ in first }
        return bookings.map { used[$0.subject] ?? 0 }
    }

    public func purge(at _: Timestamp) async throws(Failure) -> Int {
        try await database.leases.withLease(refusal: \.failure) { lease throws(Failure) in
            var sum = 0
            var last: [PostgresValue] = [.text(""), .uuid(high: 0, low: 0)]
            while true {
                let batch = try await lease.rows(Self.forget, last).first(Self.row, of: .platform)
                guard let (subject, count) = batch else { return sum }
                sum += Int(count)
                last = [subject.kind.bind, .uuid(high: subject.high, low: subject.low)]
            }
        }
    }
}
