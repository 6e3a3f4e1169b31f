internal import ArgumentParser
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonKit

/// `tenon openapi`: prints the document that `/openapi.json` answers, for people. Needs no database.
struct OpenAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI description.")

    func run() async throws {
        try await ServiceWiring.withDescription { wiring in
            print(OpenAPIDocument(wiring.catalog).json.pretty())
        }
    }
}

extension ServiceWiring {
    /// Lends a service on memory that nobody calls, for what its catalog tells.
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
