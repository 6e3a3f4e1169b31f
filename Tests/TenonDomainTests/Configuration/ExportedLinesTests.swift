import Foundation
import TenonKit
import TestSupport
import Testing

@testable import TenonDomain

/// What `export?format=env` writes, read by the programs that it is for. Values are everything that means something to
/// one of them, alone, in twos and at random.
@Suite struct ExportedLinesTests {
    private static let values: [String] = {
        let parts = [
            "'", "\"", "\\", "$", "`", "${A}", "$A", "$(touch ran)", "`touch ran`", "; touch ran;", "& touch ran &",
            "\n", "\r", "\r\n", "\t", " ", "#", " #", "=", "~", "*", "!", "\\n", "\\\\", "\\'", "\\\"", "\\$", "é🐲",
            "\u{2028}", "\u{85}", "a", "{}", "%s", "|", "<ran", ">ran", "\u{1}", "export X=1", "X=1",
        ]
        var values = [
            "", "pa$$word", "$2a$08$abc", "a`id`b", #"{"a":["b's",1]}"#, "-----BEGIN\nx==\n-----END\n", "=ls",
        ]
        for part in parts { values += [part, "a" + part + "b", part + part] + parts.map { part + $0 } }
        var random = SplitMix64(seed: 11)
        for _ in 0..<600 {
            let count = Int.random(in: 3...8, using: &random)
            values.append((0..<count).map { _ in parts.randomElement(using: &random)! }.joined())
        }
        return values
    }()

    private static func document(_ values: [String]) -> [UInt8] {
        DotEnv.write(
            values.enumerated().map { place, value in
                var entry = JSONObject()
                entry["key"] = .string("V\(place)")
                entry["value"] = .string(value)
                return entry
            })
    }

    /// Those that no comment says are for a shell alone.
    private static func portable(_ document: [UInt8]) -> Set<String> {
        let lines = String(decoding: document, as: UTF8.self).split(separator: "\n")
        let others = Set(lines.compactMap { $0.hasPrefix("# V") ? $0.dropFirst(2).prefix { $0 != ":" } : nil })
        return Set(values.indices.map { "V\($0)" }.filter { !others.contains($0[...]) })
    }

    /// What a program answers for the lines, in a folder that holds them in `x.env` and must hold nothing else then.
    private static func read(_ document: [UInt8], _ command: [String], _ environment: [String: String] = [:]) throws
        -> Data
    {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-env-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(document).write(to: folder.appending(path: "x.env"))
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = folder
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
        process.standardOutput = output
        try process.run()
        let answer = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(command)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["x.env"], "something was run")
        return answer
    }

    private static func expect(_ read: [String: String], _ keys: Set<String>, _ reader: String) {
        for key in keys {
            let value = values[Int(key.dropFirst()) ?? 0]
            let isSame = read[key].map { $0.utf8.elementsEqual(value.utf8) } ?? false
            #expect(isSame, "\(reader) reads \(read[key].debugDescription) for \(value.debugDescription)")
        }
        let others = read.keys.filter { $0.hasPrefix("X") || Int($0.dropFirst()).map { $0 >= values.count } ?? false }
        #expect(others.isEmpty, "\(reader) reads more: \(others)")
    }

    private static func isThere(_ program: String) -> Bool {
        let folders = ProcessInfo.processInfo.environment["PATH"]?.split(separator: ":") ?? []
        return folders.contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
    }

    @Test("An import reads each value as it is")
    func reads() throws {
        let items = try DotEnv.read(Self.document(Self.values))
        #expect(items.map(\.key) == Self.values.indices.map { "V\($0)" })
        for (item, value) in zip(items, Self.values) {
            guard case .text(let text) = item.content else { continue }
            #expect(
                text.utf8.elementsEqual(value.utf8), "\(value.debugDescription) is read as \(text.debugDescription)")
        }
    }

    @Test(
        "A shell that sources the lines has each value as it is, and runs nothing", arguments: ["sh", "dash", "bash"])
    func shells(shell: String) throws {
        guard Self.isThere(shell) else { return }
        let answer = try Self.read(Self.document(Self.values), [shell, "-c", "set -eua; . ./x.env; exec env -0"])
        var read: [String: String] = [:]
        for pair in answer.split(separator: 0) {
            let text = String(decoding: pair, as: UTF8.self)
            let name = text.unicodeScalars.prefix { $0 != "=" }
            read[String(name)] = String(text.unicodeScalars.dropFirst(name.count + 1))
        }
        Self.expect(read, Set(Self.values.indices.map { "V\($0)" }), shell)
    }

    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../.build/python-dotenv").standardizedFileURL

    @Test(
        "python-dotenv has each value as it is that no comment speaks of, and no key that is not there",
        .enabled(
            if: FileManager.default.fileExists(atPath: folder.appending(path: ".version").path),
            "deploy/fetch-dotenv .build/python-dotenv fetches it"))
    func python() throws {
        let document = Self.document(Self.values)
        let program = "import dotenv, json; print(json.dumps(dotenv.dotenv_values('x.env')))"
        let answer = try Self.read(document, ["python3", "-B", "-c", program], ["PYTHONPATH": Self.folder.path])
        let portable = Self.portable(document)
        #expect(portable.count > Self.values.count / 3)
        let members = try JSONDecoder().decode([String: String].self, from: answer)
        Self.expect(members, portable, "python-dotenv")
    }

    @Test(
        "Node has each value as it is that no comment speaks of, and no key that is not there",
        .enabled(if: isThere("node"), "there is no node"))
    func node() throws {
        let portable = Self.portable(Self.document(Self.values))
        // Lines of a value that Node's own reader does not see the end of are lines of the file to it.
        let values = Self.values.enumerated().map { place, value in portable.contains("V\(place)") ? value : "" }
        let program = "process.stdout.write(JSON.stringify(process.env))"
        let answer = try Self.read(Self.document(values), ["node", "--env-file=x.env", "-e", program])
        let members = try JSONDecoder().decode([String: String].self, from: answer)
        Self.expect(members, portable, "node")
    }

    @Test(
        "A line is bare where that is safe, in single quotes else, and in double quotes with a single quote in it",
        arguments: [
            ("info", "info"), ("", "''"), ("a b", "'a b'"), ("pa$$word", "'pa$$word'"), ("a`id`b", "'a`id`b'"),
            ("it's", #""it's""#), (#"it's "$x""#, #""it's \"\$x\"""#), ("a\nb", "'a\nb'"), ("=b", "'=b'"),
            (#"C:\"#, #"'C:\' #'"#), (#"it's\"#, ##""it's\\" #""##), (#"{"a":1}"#, #"'{"a":1}'"#),
        ])
    func form(value: String, line: String) {
        let lines = String(decoding: Self.document([value]), as: UTF8.self)
        #expect(lines.hasSuffix("V0=\(line)\n"), "\(lines)")
    }
}
