internal import ArgumentParser
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonKit
internal import TenonMemory
internal import TenonService

/// `tenon openapi`: prints the document of `/openapi.json`, indented. Needs no database.
struct OpenAPI: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "openapi", abstract: "Print the OpenAPI document.")

    func run() async throws {
        print(OpenAPIDocument(try await Tenon.description.catalog).json.pretty())
    }
}

extension Tenon {
    /// On memory, with the default options: for what its catalog tells.
    static var description: Tenon {
        get async throws { try await Tenon(on: MemoryStorage(.system()), keys: .temporary) }
    }
}
