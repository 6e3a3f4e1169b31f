internal import Synchronization
public import TenonDomain
public import TenonKit

/// The outbox tables: that of the shared database and those of tenants' own. Several processes share them: each takes rows
/// that no other has locked.
public struct PostgresOutbox: Outbox {
    private let database: PostgresDatabase
    private let clock: any WallClock
    private let waiting: WaitingDatabases

    public init(_ database: PostgresDatabase, clock: any WallClock) {
        self.database = database
        self.clock = clock
        waiting = WaitingDatabases(database.router)
    }

    /// Each row says whose it is: one statement reads those of all tenants.
    static let columns = Columns<OutboxEvent>("outbox", isScoped: false) { c in
        let id = c.fixed("id", \.id)
        let tenant = c.fixed("tenant_id", \.tenant)
        let kind = c.fixed("kind", \.kind.name)
        let resourceKind = c.fixed("resource_kind", \.resource.kind)
        let resourceID = c.fixed("resource_id", \.resource.id)
        let details = c.fixed("details") { JSONValue.members($0.details).description }
        let actor = c.fixed("actor", \.actor)
        let requestID = c.fixed("request_id", \.requestID)
        let traceID = c.fixed("trace_id", \.traceID)
        let occurredAt = c.fixed("occurred_at", \.occurredAt)
        return { row, _ throws(PostgresError) in
            let members = try row.parsed(details) { text in try JSONParser.parse(text).objectValue }
            return OutboxEvent(
                id: try row[id], tenant: try row[tenant], kind: EventKind(try row[kind]),
                resource: ResourceReference(kind: try row[resourceKind], id: try row[resourceID]),
                details: Dictionary(members.map { ($0, $1) }) { $1 }, actor: try row[actor],
                requestID: try row[requestID], traceID: try row[traceID], occurredAt: try row[occurredAt])
        }
    }
    private static let claim = Statement(
        "claim_outbox_events",
        """
        SELECT \(columns.list()) FROM outbox WHERE delivered_at IS NULL ORDER BY id LIMIT $1 FOR UPDATE SKIP LOCKED
        """)
    private static let mark = Statement(
        "mark_outbox_events", "UPDATE outbox SET delivered_at = $2 WHERE id = ANY($1)")
    private static let forget = PostgresPurge.statement("purge_outbox_events", "outbox", by: "delivered_at")
    /// Ids tell when they were made.
    private static let forgetWaiting = PostgresPurge.statement(
        "purge_waiting_outbox_events", "outbox", by: "id", where: "delivered_at IS NULL")

    public func deliver(
        limit: Int, to deliver: @Sendable ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int {
        var delivered = 0
        for tenant in try await waiting.next() where delivered < limit {
            let room = limit - delivered
            let refusal = Refusal()
            let count: Int
            do throws(Failure) {
                count = try await take(from: tenant, limit: room) { events throws(Failure) in
                    do throws(Failure) {
                        try await deliver(events)
                    } catch {
                        refusal.stands()
                        throw error
                    }
                }
            } catch {
                // A tenant's database that does not answer holds up nobody else's events; the next round asks again.
                guard let tenant, !refusal.isThere else { throw error }
                waiting.isDone(tenant)
                continue
            }
            if let tenant, count < room { waiting.isDone(tenant) }
            delivered += count
        }
        return delivered
    }

    /// Whether it was the receiver who failed.
    private final class Refusal: Sendable {
        private let flag = Atomic<Bool>(false)
        var isThere: Bool { flag.load(ordering: .relaxed) }
        func stands() { flag.store(true, ordering: .relaxed) }
    }

    private func take(
        from tenant: TenantID?, limit: Int, _ deliver: ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int {
        guard let tenant else {
            return try await database.relayLeases.withLease(refusal: \.failure) { lease throws(Failure) in
                try await take(on: lease, limit: limit, deliver)
            }
        }
        return try await database.router.visit(tenant) { lease throws(Failure) in
            try await take(on: lease, limit: limit, deliver)
        }
    }

    private func take(
        on lease: PostgresLease, limit: Int, _ deliver: ([OutboxEvent]) async throws(Failure) -> Void
    ) async throws(Failure) -> Int {
        let claimed = try await lease.rows([
            Command(PostgresLease.begin), Command(Self.claim, [.int(Int64(limit))]),
        ])
        let events = try claimed[1].decoded(Self.columns, of: .platform)
        guard !events.isEmpty else { return 0 }
        try await deliver(events)
        let ids = events.map { (high: $0.id.high, low: $0.id.low) }
        _ = try await lease.rows([
            Command(Self.mark, [.uuidArray(ids), .timestamp(clock.now())]), Command(PostgresLease.commit),
        ])
        return events.count
    }

    public func purge(at now: Timestamp) async throws(Failure) -> Int {
        let last = Identifier<OutboxEvent>.latest(at: now - OutboxEvent.patience)
        let waiting = try await database.purgeEverywhere(Command(Self.forgetWaiting, [.id(last)]))
        return try await waiting
            + database.purgeEverywhere(Command(Self.forget, [.timestamp(now - OutboxEvent.retention)]))
    }

    /// One element when events were committed somewhere, or may have been.
    public func hints() -> AsyncStream<Void> {
        database.notifications.stream(bufferingPolicy: .bufferingNewest(1)) { [waiting] event in
            if case .notification(let channel, let payload) = event {
                guard channel == Notifications.outbox else { return nil }
                if let tenant = TenantID(payload) { waiting.tell(tenant) }
            }
            return ()
        }
    }
}
