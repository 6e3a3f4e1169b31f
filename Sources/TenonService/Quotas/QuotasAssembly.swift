internal import TenonApplication
internal import TenonDomain

extension ContextServices {
    static func quotas(_ parts: UseCaseDependencies) -> ContextServices {
        let limiter = parts.limiter
        return ContextServices(jobs: { jobs in
            [
                jobs.onHints(
                    limiter.wakes, orEvery: RateLimiter.interval,
                    failing: "rate limits cannot be shared; each process enforces them separately"
                ) { () throws(Failure) in try await limiter.settle() }
            ]
        })
    }
}
