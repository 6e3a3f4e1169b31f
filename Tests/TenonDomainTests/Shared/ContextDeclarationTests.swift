import Foundation
import TenonDomain
import Testing

@Suite struct ContextDeclarationTests {
    private static let sources = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../Sources")

    /// What stands between the quotes of `Name("…")` in the declarations of the sources.
    private func declared(_ type: String) throws -> [String] {
        let pattern = try Regex("static let \\w+ = \(type)\\(\\s*\"([^\"]+)\"", as: (Substring, Substring).self)
        let files = try #require(FileManager.default.enumerator(at: Self.sources, includingPropertiesForKeys: nil))
        return try files.compactMap { $0 as? URL }.filter { $0.pathExtension == "swift" }.flatMap { file in
            try String(contentsOf: file, encoding: .utf8).matches(of: pattern).map { String($0.output.1) }
        }
    }

    @Test("every kind of event in the sources is declared by the context whose name it begins with")
    func events() throws {
        #expect(EventKind.all.map(\.name).sorted() == (try declared("EventKind").sorted()))
        for context in ContextDeclaration.all {
            #expect(context.events.allSatisfy { $0.name.hasPrefix(context.name + ".") }, "\(context.name)")
        }
    }

    @Test("every permission in the sources is declared by a context, once")
    func permissions() throws {
        #expect(Permission.all.map(\.name).sorted() == (try declared("Permission").sorted()))
    }
}
