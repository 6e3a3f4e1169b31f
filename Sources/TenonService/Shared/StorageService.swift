internal import ServiceLifecycle
internal import TenonDomain

/// Keeps the storage usable until shutdown, and closes it.
struct StorageService: Service {
    let storage: any StorageAdapters

    func run() async throws {
        try await cancelWhenGracefulShutdown { try await storage.run() }
    }
}
