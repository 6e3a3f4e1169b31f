internal import Logging
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain

extension ServiceWiring {
    /// What goes on beside the requests, in the order of starting.
    func backgroundServices(_ logger: Logger) -> [any Service] {
        [
            Prompted(
                hints: outbox.hints(), interval: .seconds(1), complaint: "events wait", logger: logger,
                reports: reports
            ) { [relay] () throws(Failure) in _ = try await relay.execute() },
            Recurring(
                pause: .seconds(3600), complaint: "old rows stay for another hour", logger: logger, reports: reports
            ) {
                [purge] () throws(Failure) in _ = try await purge.execute()
            },
            UntilShutdown { [follow] in await follow.listen() },
            Recurring(
                pause: .seconds(1),
                complaint: "changes by other processes are not heard of: after 5 s no entry is answered from memory",
                logger: logger, reports: reports
            ) { [follow] () throws(Failure) in try await follow.ask() },
            UntilShutdown { [followAccess] in await followAccess.listen() },
            Recurring(
                pause: .seconds(1),
                complaint: "revocations are not heard of: after 5 s credentials are checked in the database",
                logger: logger, reports: reports
            ) { [followAccess] () throws(Failure) in try await followAccess.ask() },
            UntilShutdown { [recordAPIKeyUses, reports] in
                await recordAPIKeyUses.run { reports.note("uses of API keys are not recorded", $0, logger) }
            },
            Recurring(pause: .seconds(10), complaint: "a tenant is not deleted yet", logger: logger, reports: reports) {
                [deleteTenants] () throws(Failure) in
                let count = try await deleteTenants.execute()
                if count > 0 { logger.notice("tenants are deleted", metadata: ["count": "\(count)"]) }
            },
            Recurring(pause: .seconds(1), complaint: "tenants' databases wait", logger: logger, reports: reports) {
                [tenantDatabases] () throws(Failure) in
                while !Task.isCancelled, let database = try await tenantDatabases.execute() {
                    logger.log(
                        level: database.lastError == nil ? .info : .error,
                        "a tenant's database is \(database.state.rawValue)",
                        metadata: ["tenant": "\(database.tenant)", "cause": "\(database.lastError ?? "")"])
                }
            },
            Recurring(pause: .seconds(2), complaint: "memory is not given back", logger: logger) {
                FreedMemory.giveBack()
            },
            Prompted(
                hints: limiter.wakes, interval: RateLimiter.interval,
                complaint: "each process keeps rate limits by itself", logger: logger,
                reports: reports
            ) { [limiter] () throws(Failure) in try await limiter.settle() },
            Recurring(
                pause: .seconds(1), complaint: "audit records wait for their chain", logger: logger, reports: reports,
                isDoneAtEnd: true
            ) { [linkAudit] () throws(Failure) in _ = try await linkAudit.execute() },
            Recurring(
                pause: SigningKeySchedule.reloadInterval, complaint: "the token-signing keys were not read again",
                logger: logger,
                reports: reports
            ) { [signingKeys] () throws(Failure) in try await signingKeys.execute() },
        ]
    }
}
