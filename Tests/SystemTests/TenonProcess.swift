import Foundation
import Synchronization
import TenonDomain
import TenonKit
import TestSupport

/// A `tenon` process as an operator starts it, and a client of it.
final class TenonProcess: Sendable {
    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
        /// The field `Retry-After`; empty where there is none.
        var retryAfter = ""
    }

    private let process: Mutex<Process>
    private let output: String
    private let pid: Int32
    private let listening = Mutex(0)

    /// The one that the system gave it, which its log tells.
    var port: Int { listening.withLock { $0 } }

    /// The binary that the tests are built with.
    static let binary = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "tenon").path

    /// Starts `tenon serve` and waits until it serves.
    static func serve(_ arguments: [String] = [], _ environment: [String: String] = [:]) async throws -> TenonProcess {
        let served = try TenonProcess(["serve", "--port", "0"] + arguments, environment)
        try await served.waitUntilServing()
        return served
    }

    /// What lets a process serve on a server of the test's own, which it brings up to date.
    static func environment(on server: PostgresServer) -> [String: String] {
        environment(server.parameters)
    }

    /// The same with libpq's parameters.
    static func environment(_ parameters: [(String, String)]) -> [String: String] {
        let parameters = Dictionary(uniqueKeysWithValues: parameters)
        let host = parameters["host"]!.replacing("/", with: "%2F")
        return [
            "DATABASE_URL": "postgresql://postgres@\(host):\(parameters["port"]!)/postgres",
            "TENON_MIGRATE_ON_START": "true",
            "ENCRYPTION_KEY": (0..<32).map { String($0 + 16, radix: 16) }.joined(),
        ]
    }

    private init(_ arguments: [String], _ environment: [String: String]) throws {
        output = NSTemporaryDirectory() + "tenon-\(UUID().uuidString).log"
        _ = FileManager.default.createFile(atPath: output, contents: nil)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.binary)
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
        let file = FileHandle(forWritingAtPath: output)!
        process.standardOutput = file
        process.standardError = file
        process.standardInput = FileHandle.nullDevice
        try process.run()
        pid = process.processIdentifier
        self.process = Mutex(process)
    }

    /// A test that fails leaves nothing running.
    deinit {
        process.withLock { if $0.isRunning { Foundation.kill(pid, SIGKILL) } }
        try? FileManager.default.removeItem(atPath: output)
    }

    /// Runs another command to its end, in a working folder where one is given. The output is followed by what it says on
    /// standard error, where that is wanted.
    static func run(
        _ arguments: [String], _ environment: [String: String] = [:], in folder: String? = nil,
        withErrors: Bool = true
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = withErrors ? pipe : FileHandle.nullDevice as Any
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, text)
    }

    var log: String { (try? String(contentsOfFile: output, encoding: .utf8)) ?? "" }

    func kill(_ signal: Int32) {
        Foundation.kill(pid, signal)
    }

    /// The exit code, once the process has ended.
    func end(_ signal: Int32 = SIGTERM) async -> Int32 {
        kill(signal)
        while isRunning { try? await Task.sleep(for: .milliseconds(10)) }
        return process.withLock { $0.terminationStatus }
    }

    private func waitUntilServing() async throws {
        try await until("its port", within: .seconds(90)) {
            let address = log.firstMatch(of: /"message":"serving","address":"[^"]*:([0-9]+)"/)
            listening.withLock { $0 = address.flatMap { Int($0.output.1) } ?? 0 }
            return port > 0 || !isRunning
        }
        try await until("its readiness", within: .seconds(90)) {
            guard isRunning else { return true }
            return try await get("/health/ready").status == 200
        }
        guard isRunning else { throw Failed(description: "it ended: \(log)") }
    }

    private var isRunning: Bool { process.withLock { $0.isRunning } }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    func get(_ path: String, token: String? = nil) async throws -> Answer {
        try await curl(["-X", "GET"], path, token)
    }

    func post(
        _ path: String, _ body: JSONValue, token: String? = nil, headers: [String] = []
    ) async throws -> Answer {
        try await post(path, text: body.description, token: token, headers: headers)
    }

    func put(_ path: String, _ body: JSONValue, token: String) async throws -> Answer {
        try await curl(
            ["-X", "PUT", "--data-binary", body.description, "-H", "Content-Type: application/json"], path, token)
    }

    func delete(_ path: String, token: String) async throws -> Answer {
        try await curl(["-X", "DELETE"], path, token)
    }

    /// A body that need not be JSON.
    func post(_ path: String, text: String, token: String? = nil, headers: [String] = []) async throws -> Answer {
        try await curl(
            ["-X", "POST", "--data-binary", text]
                + (["Content-Type: application/json"] + headers).flatMap { ["-H", $0] },
            path, token)
    }

    /// Begins to send a body from the pipe, which curl sends on as it comes, and answers what comes back when it is over.
    func post(_ path: String, from pipe: Pipe) async throws -> (status: Int, body: String) {
        let (status, body, _) = try await exchange(
            ["-X", "POST", "-T", "-", "-H", "Content-Type: application/json", "-H", "Expect:"], path, nil, pipe)
        return (status, body)
    }

    /// Follows a stream of events with curl, which writes what comes into the file, until the process is ended.
    func follow(_ path: String, token: String, into file: String) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
        process.arguments = [
            "-sN", "-H", "Authorization: Bearer \(token)", "-o", file, "http://127.0.0.1:\(port)\(path)",
        ]
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// As a user would: with curl, on a thread of its own.
    private func curl(_ arguments: [String], _ path: String, _ token: String?) async throws -> Answer {
        let (status, body, retryAfter) = try await exchange(arguments, path, token)
        return Answer(
            status: status, json: body.isEmpty ? .null : try JSONParser.parse(body), retryAfter: retryAfter)
    }

    /// A line of `/metrics`; 0 where it is not there.
    func metric(_ name: String) async throws -> Double {
        let line = try await text("/metrics").split(separator: "\n").first { $0.hasPrefix(name + " ") }
        return line.flatMap { Double($0.split(separator: " ")[1]) } ?? 0
    }

    /// A page that is no JSON.
    func text(_ path: String) async throws -> String {
        try await exchange([], path, nil).body
    }

    private func exchange(
        _ arguments: [String], _ path: String, _ token: String?, _ input: Pipe? = nil
    ) async throws -> (status: Int, body: String, retryAfter: String) {
        let authorization = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let all =
            ["-s", "-m", "20", "-w", "\n%header{retry-after}\n%{http_code}"] + arguments + authorization
            + ["http://127.0.0.1:\(port)\(path)"]
        let text: String = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
                process.arguments = all
                let pipe = Pipe()
                process.standardOutput = pipe
                process.standardInput = input ?? FileHandle.nullDevice as Any
                do {
                    try process.run()
                    let data = pipe.fileHandleForReading.readDataToEndOfFile()
                    process.waitUntilExit()
                    continuation.resume(returning: String(decoding: data, as: UTF8.self))
                } catch {
                    continuation.resume(throwing: error)
                }
            }
        }
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let status = Int(lines.last ?? "") ?? 0
        guard status > 0 else { throw Failed(description: "no answer from \(path)") }
        return (status, lines.dropLast(2).joined(separator: "\n"), String(lines.dropLast().last ?? ""))
    }
}

/// A folder that is gone when the body has ended.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = NSTemporaryDirectory() + "tenon-system-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
