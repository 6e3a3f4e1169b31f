import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// What `tenon` does on a terminal, which `script` (util-linux) provides.
@Suite struct PasswordPromptTests {
    @Test("Ctrl-C at a password prompt ends the command at once, and the terminal shows again what is typed")
    func interrupt() async throws {
        let tenon = try await TenonProcess.serve(["--in-memory"])
        let output = try await Terminal.run(
            """
            trap : INT
            tenon login --email ann@example.com --server http://127.0.0.1:\(tenon.port)
            echo "status $?"
            stty -a | grep -ow -e -echo -e echo
            """, type: "\u{3}", after: "Password: ")
        #expect(output.contains("status 130"))
        #expect(output.contains("\necho\n"))
        #expect(try await tenon.metric("tenon_http_requests_total{operation=\"login\",status=\"401\"}") == 0)
        #expect(await tenon.end() == 0)
    }

    @Test("A password is taken without being shown")
    func hidden() async throws {
        let tenon = try await TenonProcess.serve(["--in-memory"])
        let registered = try await tenon.post(
            "/api/v1/auth/register",
            ["name": "acme", "email": "ann@example.com", "password": .string(ShellCommand.password)])
        #expect(registered.status == 201)
        let output = try await Terminal.run(
            "tenon login --email ann@example.com --server http://127.0.0.1:\(tenon.port); echo \"status $?\"",
            type: "\(ShellCommand.password)\n", after: "Password: ")
        #expect(output.contains("signed in at"))
        #expect(output.contains("status 0"))
        #expect(!output.contains(ShellCommand.password))
        #expect(await tenon.end() == 0)
    }
}

enum Terminal {
    /// Runs a shell script on a terminal of its own, types something once the text was shown, and answers all that was
    /// shown, with line feeds alone.
    static func run(_ script: String, type keys: String, after text: String) async throws -> String {
        try await withTemporaryFolder { folder in
            let shown = folder + "/shown"
            _ = FileManager.default.createFile(atPath: shown, contents: nil)
            let binaries = URL(fileURLWithPath: TenonProcess.binary).deletingLastPathComponent().path
            let process = Process()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/script")
            process.arguments = ["-q", "-e", "-c", script, "/dev/null"]
            process.environment = [
                "PATH": "\(binaries):/usr/bin:/bin", "XDG_CONFIG_HOME": folder, "SHELL": "/bin/sh", "TERM": "dumb",
            ]
            let input = Pipe()
            process.standardInput = input
            process.standardOutput = FileHandle(forWritingAtPath: shown)
            process.standardError = FileHandle.nullDevice
            try process.run()
            defer { if process.isRunning { process.terminate() } }
            func output() throws -> String {
                try String(contentsOfFile: shown, encoding: .utf8).replacing("\r\n", with: "\n")
            }
            try await until("the prompt") { try output().contains(text) || !process.isRunning }
            try input.fileHandleForWriting.write(contentsOf: Data(keys.utf8))
            try await until("the end") { !process.isRunning }
            return try output()
        }
    }
}
