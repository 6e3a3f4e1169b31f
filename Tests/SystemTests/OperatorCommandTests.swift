import Foundation
import TestSupport
import Testing

/// Operators' commands and the data folder.
@Suite struct OperatorCommandTests {
    @Test(
        "A command refuses a folder without a database and makes nothing there",
        arguments: [
            "tenant list", "tenant backup acme file", "migrate up", "migrate down 1", "migrate status", "keys status",
            "keys rotate-kek", "admin create --email ann@example.com", "admin reset-password --email ann@example.com",
        ])
    func emptyFolder(command: String) async throws {
        try await withTemporaryFolder { folder in
            let new = folder + "/new"
            let key = (0..<32).map { String($0 + 16, radix: 16) }.joined()
            let done = try await ShellCommand.run(
                "echo \(ShellCommand.password) | tenon \(command) --data-dir \(new)", ["ENCRYPTION_KEY": key],
                in: folder)
            #expect(done.status == 1)
            #expect(done.errors.contains("using the private database in \(new)"))
            #expect(done.errors.contains("There is no database in the data folder \(new)"), "\(done.errors)")
            #expect(!FileManager.default.fileExists(atPath: new))
        }
    }

    @Test("Serving makes the folders above its data folder, and refuses data whose key file is missing or empty")
    func keyFile() async throws {
        try await withTemporaryFolder { folder in
            let data = folder + "/a/b"
            let tenon = try await TenonProcess.serve(["--data-dir", data])
            #expect(await tenon.end() == 0)
            let key = data + "/encryption.key"
            let text = try String(contentsOfFile: key, encoding: .utf8)
            #expect(text.count == 65)

            try FileManager.default.removeItem(atPath: key)
            for command in ["serve --port 0", "keys status"] {
                let missing = try await ShellCommand.run("tenon \(command) --data-dir \(data)", in: folder)
                #expect(missing.status == 1)
                #expect(missing.errors.contains("\(key) does not exist"), "\(missing.errors)")
                #expect(!FileManager.default.fileExists(atPath: key))
            }
            try "".write(toFile: key, atomically: false, encoding: .utf8)
            let empty = try await ShellCommand.run("tenon serve --port 0 --data-dir \(data)", in: folder)
            #expect(empty.status == 1)
            #expect(empty.errors.contains("\(key) is empty"), "\(empty.errors)")
            #expect(try String(contentsOfFile: key, encoding: .utf8).isEmpty)

            try text.write(toFile: key, atomically: false, encoding: .utf8)
            let again = try await ShellCommand.run("tenon keys status --data-dir \(data)", in: folder)
            #expect(again.status == 0, "\(again.errors)")
        }
    }
}
