internal import ArgumentParser
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonKit

/// `tenon openapi`: prints the document of `/openapi.json`, indented. Needs no database.
struct OpenAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document.")

    func run() async throws {
        try await ServiceWiring.withDescription { wiring in
            print(OpenAPIDocument(wiring.catalog).json.pretty())
        }
    }
}

extension ServiceWiring {
    /// Lends a service on memory adapters whose catalog can be inspected. It serves no requests.
    static func withDescription(_ body: (ServiceWiring) throws -> Void) async throws {
        let settings = try Settings([:])
        let core = Core(settings)
        let storage = try await Storage.open(settings, inMemory: true, core)
        let keks = try await EncryptionKeys.made(settings, for: storage, randomness: core.randomness)
        let wiring = try await ServiceWiring(settings, storage: storage, keks: keks, life: ServiceLife(), core)
        defer { wiring.hasher.shutdown() }
        try body(wiring)
    }
}
