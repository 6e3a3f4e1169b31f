public import TenonDomain

/// The outbox table. Several processes share it: each takes rows that no other has locked.
public struct PostgresOutbox: Outbox {
    private let database: PostgresDatabase
    private let clock: any WallClock

    public init(_ database: PostgresDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
    }

    private static let claim = Statement(
        "claim_outbox_events",
        """
        SELECT id, tenant_id, kind, resource_kind, resource_id, details, actor, request_id, trace_id, occurred_at
        FROM outbox WHERE delivered_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        """)
    private static let mark = Statement(
        "mark_outbox_events", "UPDATE outbox SET delivered_at = $2 WHERE id = ANY($1)")
    private static let forget = Statement(
        "purge_outbox_events",
        """
        WITH gone AS (DELETE FROM outbox WHERE delivered_at < $1 RETURNING 1) SELECT count(*) FROM gone
        """)

    public func deliver(
        limit: Int, to deliver: @Sendable ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            let claimed = try await lease.rows([
                Command(PostgresLease.begin), Command(Self.claim, [.int(Int64(limit))]),
            ])
            let events = try claimed[1].decoded(Self.event)
            guard !events.isEmpty else { return 0 }
            try await deliver(events)
            let ids = events.map { (high: $0.id.high, low: $0.id.low) }
            _ = try await lease.rows([
                Command(Self.mark, [.uuidArray(ids), .timestamp(clock.now())]), Command(PostgresLease.commit),
            ])
            return events.count
        }
    }

    public func purge(deliveredBefore moment: Timestamp) async throws(Failure) -> Int {
        try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
            let rows = try await lease.rows([Command(Self.forget, [.timestamp(moment)])])
            return try rows[0].first { row throws(PostgresError) in Int(try row.int(0)) } ?? 0
        }
    }

    public func hints() -> AsyncStream<Void> {
        database.outboxHints()
    }

    private static func event(_ row: PostgresRow) throws(PostgresError) -> OutboxEvent {
        let details: JSONValue = try row.value(5) { text throws(JSONError) in try JSONParser.parse(text) }
        var members: [String: JSONValue] = [:]
        for (name, value) in details.objectValue ?? JSONObject() { members[name] = value }
        return OutboxEvent(
            id: try row.id(0), tenant: try row.id(1), kind: EventKind(try row.text(2)),
            resource: ResourceReference(kind: try row.text(3), id: try row.text(4)), details: members,
            actor: try row.text(6), requestID: try row.text(7), traceID: try row.optionalText(8),
            occurredAt: try row.timestamp(9))
    }
}
