internal import TenonApplication
internal import TenonDomain

extension ContextServices {
    static func access(_ parts: UseCaseDependencies) -> ContextServices {
        let follow = parts.followAccess
        return ContextServices(jobs: { jobs in
            [
                jobs.untilShutdown { await follow.listen() },
                jobs.every(
                    .seconds(1),
                    failing: "revocations cannot be read; after 5 s credentials are checked in the database"
                ) { () throws(Failure) in try await follow.ask() },
            ]
        })
    }
}
