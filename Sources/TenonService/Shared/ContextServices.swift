internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain

extension ServiceWiring {
    /// The background services, in starting order.
    func backgroundServices(_ logger: Logger) -> [any Service] {
        [
            Prompted(
                hints: outbox.hints(), interval: .seconds(1), complaint: "delivery of events failed; retrying in 1 s",
                logger: logger,
                reports: reports
            ) { [relay] () throws(Failure) in _ = try await relay.execute() },
            Recurring(
                pause: .seconds(3600), complaint: "purge failed; retrying in 1 h", logger: logger, reports: reports
            ) {
                [purge] () throws(Failure) in _ = try await purge.execute()
            },
            UntilShutdown { [follow] in await follow.listen() },
            Recurring(
                pause: .seconds(1),
                complaint: "changes of other processes cannot be read; after 5 s entries are read from the database",
                logger: logger, reports: reports
            ) { [follow] () throws(Failure) in try await follow.ask() },
            UntilShutdown { [followAccess] in await followAccess.listen() },
            Recurring(
                pause: .seconds(1),
                complaint: "revocations cannot be read; after 5 s credentials are checked in the database",
                logger: logger, reports: reports
            ) { [followAccess] () throws(Failure) in try await followAccess.ask() },
            UntilShutdown { [recordAPIKeyUses, reports] in
                await recordAPIKeyUses.run { reports.note("uses of API keys cannot be recorded", $0, logger) }
            },
            Recurring(
                pause: .seconds(10), complaint: "deleting a tenant failed; retrying in 10 s", logger: logger,
                reports: reports
            ) {
                [deleteTenants] () throws(Failure) in
                let count = try await deleteTenants.execute()
                if count > 0 { logger.notice("deleted tenants", metadata: ["count": "\(count)"]) }
            },
            Recurring(
                pause: .seconds(1), complaint: "work on tenants' databases failed; retrying in 1 s", logger: logger,
                reports: reports
            ) {
                [tenantDatabases] () throws(Failure) in
                while !Task.isCancelled, let database = try await tenantDatabases.execute() {
                    logger.log(
                        level: database.lastError == nil ? .info : .error,
                        "a tenant's database is \(database.state.rawValue)",
                        metadata: ["tenant": "\(database.tenant)", "cause": "\(database.lastError ?? "")"])
                }
            },
            Recurring(pause: .seconds(2), complaint: "returning freed memory failed", logger: logger) {
                FreedMemory.giveBack()
            },
            Prompted(
                hints: limiter.wakes, interval: RateLimiter.interval,
                complaint: "rate limits cannot be shared; each process enforces them separately", logger: logger,
                reports: reports
            ) { [limiter] () throws(Failure) in try await limiter.settle() },
            Recurring(
                pause: .seconds(1), complaint: "chaining audit records failed; retrying in 1 s", logger: logger,
                reports: reports,
                isDoneAtEnd: true
            ) { [linkAudit] () throws(Failure) in _ = try await linkAudit.execute() },
            Recurring(
                pause: SigningKeySchedule.reloadInterval, complaint: "reloading the token-signing keys failed",
                logger: logger,
                reports: reports
            ) { [signingKeys] () throws(Failure) in try await signingKeys.execute() },
        ]
    }
}
