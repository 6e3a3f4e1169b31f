import Foundation
import TenonDomain
import TenonKit
import Testing

/// A command line that a shell runs to its end, with `tenon` in its path.
struct ShellCommand {
    let status: Int32
    let output: String
    let errors: String

    /// Nothing of this process's environment but where programs are.
    static func run(
        _ script: String, _ environment: [String: String] = [:], in folder: String
    ) async throws -> ShellCommand {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runHere(script, environment, in: folder) })
            }
        }
    }

    /// Into files: two pipes would have to be read at one time.
    private static func runHere(
        _ script: String, _ environment: [String: String], in folder: String
    ) throws -> ShellCommand {
        let binaries = URL(fileURLWithPath: TenonProcess.binary).deletingLastPathComponent().path
        let files = ["out", "err"].map { folder + "/.\(UUID().uuidString).\($0)" }
        for file in files { _ = FileManager.default.createFile(atPath: file, contents: nil) }
        defer { for file in files { try? FileManager.default.removeItem(atPath: file) } }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", script]
        process.environment = ["PATH": "\(binaries):/usr/bin:/bin", "XDG_CONFIG_HOME": folder + "/config"]
            .merging(environment) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle(forWritingAtPath: files[0])
        process.standardError = FileHandle(forWritingAtPath: files[1])
        try process.run()
        process.waitUntilExit()
        let texts = try files.map { try String(contentsOfFile: $0, encoding: .utf8) }
        return ShellCommand(status: process.terminationStatus, output: texts[0], errors: texts[1])
    }

    static let password = "SecurePassword123"

    /// A server with a tenant, and a shell that is signed in there and has a namespace `production`.
    static func signedIn(
        _ body: (_ run: @Sendable (String) async throws -> ShellCommand, _ folder: String, TenonProcess) async throws ->
            Void
    ) async throws {
        try await withTemporaryFolder { folder in
            // The client's variables are nothing to a server, and no reason to refuse.
            let tenon = try await TenonProcess.serve(
                ["--in-memory"], ["TENON_SERVER": "x", "TENON_NAMESPACE": "x", "TENON_TOKEN": "x"])
            let registered = try await tenon.post(
                "/api/v1/auth/register",
                ["name": "mycompany", "email": "admin@mycompany.com", "password": .string(password)])
            #expect(registered.status == 201)
            let variables = ["TENON_NAMESPACE": "production"]
            let run: @Sendable (String) async throws -> ShellCommand = {
                try await ShellCommand.run($0, variables, in: folder)
            }
            let begun = try await run(
                """
                echo \(password) | tenon login --email admin@mycompany.com --server http://127.0.0.1:\(tenon.port) &&
                tenon namespace create production
                """)
            #expect(begun.status == 0, "\(begun.errors)")
            try await body(run, folder, tenon)
            #expect(await tenon.end() == 0)
        }
    }
}
