import TenonApplication
import TenonDomain

/// A service of one's own on Tenon's modules: a value is stored and read, all in memory.
@main
struct Embedding {
    static func main() async throws {
        let service = EmbeddedTenon()
        let acme = try await service.tenant()
        let namespace = try await service.createNamespace.execute(
            .init(name: NamespaceName("production"), description: nil), as: acme)
        let draft = try ConfigDraft(
            key: ConfigKey("greeting"), value: "hello", type: .string, schema: nil, description: nil, isSecret: false)
        _ = try await service.createConfig.execute(.init(namespace: namespace.id, draft: draft), as: acme)
        let found = try await service.getConfig.execute(.init(namespace: namespace.id, key: draft.key), as: acme)
        print("embedding: stored and read \(found.entry.key.text)")
        guard found.value == "hello" else { fatalError("the value read is not the value stored") }
    }
}
