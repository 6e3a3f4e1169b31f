import TenonApplication
import TenonDomain

/// A service of one's own on Tenon's modules: a value is stored and read, all in memory.
@main
struct Embedding {
    static func main() async throws {
        let service = EmbeddedTenon()
        let acme = try await service.tenant()
        let namespace = try await service.configuration.createNamespace.execute(
            .init(name: NamespaceName("production"), description: nil), as: acme)
        let key = try ConfigKey("greeting")
        let draft = try ConfigDraft(value: "hello", type: .string)
        _ = try await service.configuration.createConfig.execute(
            .init(namespace: namespace.id, key: key, draft: draft), as: acme)
        let found = try await service.configuration.getConfig.execute(
            .init(namespace: namespace.id, key: key), as: acme)
        print("embedding: stored and read \(found.entry.key.text)")
        guard found.value == "hello" else { fatalError("the value read is not the value stored") }
    }
}
