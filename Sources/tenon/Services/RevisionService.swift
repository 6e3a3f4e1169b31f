internal import ServiceLifecycle
internal import TenonApplication

/// Hears what other processes change, for the cache and the watchers of this one.
struct RevisionService: Service {
    let follow: FollowRevisions

    func run() async throws {
        await cancelWhenGracefulShutdown { [follow] in await follow.run() }
    }
}

/// Hears what other processes did to credentials.
struct AccessChangeService: Service {
    let follow: FollowAccessChanges

    func run() async throws {
        await cancelWhenGracefulShutdown { [follow] in await follow.run() }
    }
}
