import Foundation
import Testing

/// What the documents tell to run is run.
@Suite(.serialized) struct DocumentationTests {
    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../..").standardized

    private static func text(_ path: String) throws -> String {
        try String(contentsOf: project.appending(path: path), encoding: .utf8)
    }

    /// The fenced blocks of a language, joined.
    private static func blocks(_ language: String, of text: String) -> String {
        text.components(separatedBy: "```\(language)\n").dropFirst()
            .map { $0.components(separatedBy: "\n```")[0] }.joined(separator: "\n")
    }

    /// Runs commands in one shell against a port; answers the statuses that curl saw, in their order.
    private static func run(_ commands: String, on tenon: TenonProcess) throws -> (status: Int32, answers: [Int]) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        let wrapper = "curl() { command curl -sS --write-out '%{stderr}answered %{http_code}\\n' \"$@\"; }\n"
        process.arguments = [
            "-euo", "pipefail", "-c",
            wrapper + commands.replacingOccurrences(of: "localhost:8000", with: "localhost:\(tenon.port)"),
        ]
        let errors = Pipe()
        process.standardError = errors
        process.standardOutput = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let output = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        let answers = output.split(separator: "\n").filter { $0.hasPrefix("answered ") }
            .compactMap { Int($0.dropFirst("answered ".count)) }
        return (process.terminationStatus, answers)
    }

    @Test("every command of docs/api.md answers with the status that its comment tells")
    func tour() async throws {
        let commands = Self.blocks("bash", of: try Self.text("docs/api.md"))
        let expected = commands.split(separator: "\n").compactMap { line in
            line.components(separatedBy: "   # ").dropFirst().last.flatMap { Int($0) }
        }
        let tenon = try await TenonProcess.serve(["--in-memory"])
        let (status, answers) = try Self.run(commands, on: tenon)
        #expect(status == 0)
        #expect(answers == expected)
        #expect(expected.count > 30)
        #expect(await tenon.end() == 0)
    }

    @Test("every command of the README's five minutes works, the last one showing an error")
    func readme() async throws {
        let text = try Self.text("README.md")
        let section = try #require(text.components(separatedBy: "## Five minutes with curl").last)
        let commands = Self.blocks("bash", of: section.components(separatedBy: "\n## ")[0])
        let tenon = try await TenonProcess.serve(["--in-memory"])
        let (status, answers) = try Self.run(commands, on: tenon)
        #expect(status == 0)
        #expect(answers.dropLast().allSatisfy { $0 == 200 || $0 == 201 })
        #expect(answers.last == 422)
        #expect(answers.count == 11)
        #expect(await tenon.end() == 0)
    }

    @Test("the ten lines for memory and for PostgreSQL in docs/embedding.md are those of the package that is built")
    func embedding() throws {
        let page = try Self.text("docs/embedding.md")
        for name in ["InMemory", "OnPostgres"] {
            let program = try Self.text("Tests/Embedding/Sources/Embedding/\(name).swift")
            let parts = program.components(separatedBy: "// begin\n").last?.components(separatedBy: "        // end")
            let lines = try #require(parts?.first).split(separator: "\n").map { $0.dropFirst(8) }
            #expect(!lines.isEmpty && lines.count <= 10)
            #expect(page.contains(lines.joined(separator: "\n")))
        }
    }
}
