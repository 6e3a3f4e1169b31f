internal import FoundationEssentials
internal import Synchronization
internal import TenonDomain

/// The files of the documentation pages: our own, and those of Swagger UI and Redoc if a folder contains them.
final class DocumentationFiles: Sendable {
    private let folder: String?
    private let read = Mutex<[String: SharedDocument]>([:])

    /// Media types of the allowed files in the folder; no other name is looked for.
    private static let foreign = [
        "swagger-ui-bundle.js": "text/javascript", "swagger-ui.css": "text/css",
        "redoc.standalone.js": "text/javascript",
    ]
    private static let own = [
        "swagger-init.js": ("text/javascript", SharedDocument(text: SwaggerPage.script)),
        "redoc-init.js": ("text/javascript", SharedDocument(text: RedocPage.script)),
    ]

    init(folder: String?) {
        self.folder = folder
    }

    var hasSwagger: Bool { exists("swagger-ui-bundle.js") && exists("swagger-ui.css") }
    var hasRedoc: Bool { exists("redoc.standalone.js") }

    /// Nil for any other name, or if the folder lacks the file.
    func file(_ name: String) -> (mediaType: String, document: SharedDocument)? {
        if let own = Self.own[name] { return own }
        guard let type = Self.foreign[name], let folder else { return nil }
        if let known = read.withLock({ $0[name] }) { return (type, known) }
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(name)") else { return nil }
        let document = SharedDocument { [UInt8](data) }
        read.withLock { $0[name] = document }
        return (type, document)
    }

    private func exists(_ name: String) -> Bool {
        folder.map { FileManager.default.fileExists(atPath: "\($0)/\(name)") } ?? false
    }
}
