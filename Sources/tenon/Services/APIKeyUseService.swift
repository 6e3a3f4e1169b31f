internal import ServiceLifecycle
internal import TenonApplication

/// Writes down when keys were used, off the requests' way.
struct APIKeyUseService: Service {
    let record: RecordAPIKeyUses

    func run() async throws {
        await cancelWhenGracefulShutdown { [record] in await record.run() }
    }
}
