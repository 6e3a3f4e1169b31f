import TenonApplication
import TenonDomain
import TenonMemory
import TenonService

enum InMemory {
    /// Stores, reads and watches values in memory.
    static func run() async throws {
        // begin
        let tenon = try await Tenon(on: MemoryStorage(.system()), keys: .temporary)
        let acme = try await tenon.tenants.createTenant.execute(
            .init(name: DisplayName("Acme"), slug: TenantSlug("acme")), as: .job("setup"))
        let caller = Caller.job("greeter", of: acme.id)
        let app = try await tenon.configuration.createNamespace.execute(.init(name: NamespaceName("app")), as: caller)
        let watch = try await tenon.configuration.watchNamespace.execute(.init(namespace: app.id), as: caller)
        _ = try await tenon.configuration.createConfig.execute(
            .init(namespace: app.id, key: ConfigKey("greeting"), draft: ConfigDraft(inferredFrom: "hello")), as: caller)
        for try await step in watch.prefix(1) { print(step) }
        // end
    }
}
