import Foundation
import TenonDomain
import TenonKit
import Testing

private let seeds = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/seeds").standardized

/// The documents that the system was asked for with stand beside the project, where they are there at all. Their curl
/// examples run as they stand, host and port aside; what an example takes from an answer stands there in a word of its own.
@Suite(
    .serialized,
    .enabled(if: FileManager.default.fileExists(atPath: seeds.path), "../shared/seeds is absent"))
struct SeedExamplesTests {
    /// Paths of contexts that this version does not have.
    private static let later = ["/databases", "/quota"]

    @Test(
        "each curl example of a document answers as it promises",
        arguments: [
            ("000", [201, 200, 201, 201, 200]), ("002", [201, 200, 200, 200, 200]), ("004", [201, 200]),
        ])
    func examples(document: String, statuses: [Int]) async throws {
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: seeds.path).first { $0.hasPrefix(document) })
        let text = try String(contentsOf: seeds.appending(path: name), encoding: .utf8)
        let commands = Self.commands(of: text).filter { command in !Self.later.contains { command.contains($0) } }
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--in-memory"])
            var words: [String: String] = [:]
            var answered: [Int] = []
            for command in commands {
                let (status, answer) = try await Self.run(command, words, on: tenon, in: folder)
                answered.append(status)
                words.merge(Self.words(of: answer)) { $1 }
            }
            #expect(answered == statuses, "\(commands)")
            #expect(await tenon.end() == 0)
        }
    }

    /// What stands in later examples for what an answer brought.
    private static func words(of answer: JSONValue) -> [String: String] {
        var words: [String: String] = [:]
        if let token = answer["access_token"]?.stringValue ?? answer["access"]?.stringValue {
            words["YOUR_ACCESS_TOKEN"] = token
            words["Bearer eyJ0eXAiOiJKV1QiLCJhbGc..."] = "Bearer \(token)"
        }
        if let token = answer["refresh"]?.stringValue { words["eyJ0eXAiOiJKV1QiLCJhbGc..."] = token }
        if let id = answer["id"]?.stringValue, id.hasPrefix("ns_") { words["NAMESPACE_ID"] = id }
        return words
    }

    private static func run(
        _ command: String, _ words: [String: String], on tenon: TenonProcess, in folder: String
    ) async throws -> (status: Int, answer: JSONValue) {
        var command = command.replacing("localhost:8000", with: "localhost:\(tenon.port)")
        // The longer word first, for one is a part of another.
        for (word, value) in words.sorted(by: { $0.key.count > $1.key.count }) {
            command = command.replacing(word, with: value)
        }
        let wrapper = "curl() { command curl -sS --output answer --write-out '%{http_code}' \"$@\"; }\n"
        let ran = try await ShellCommand.run(wrapper + command, in: folder)
        #expect(ran.status == 0, "\(command) \(ran.errors)")
        let answer = try String(contentsOfFile: folder + "/answer", encoding: .utf8)
        return (Int(ran.output) ?? 0, try JSONParser.parse(answer))
    }

    /// Commands of the fenced shell blocks that begin with `curl`; one goes on behind a backslash and within quotes.
    private static func commands(of text: String) -> [String] {
        let blocks = text.components(separatedBy: "```bash\n").dropFirst().map {
            $0.components(separatedBy: "\n```")[0]
        }
        var commands: [String] = []
        for block in blocks {
            var command = ""
            for line in block.split(separator: "\n") {
                command += command.isEmpty ? line : "\n" + line
                guard !line.hasSuffix("\\"), command.count(where: { $0 == "'" }).isMultiple(of: 2) else { continue }
                if command.hasPrefix("curl ") { commands.append(command) }
                command = ""
            }
        }
        return commands
    }
}
