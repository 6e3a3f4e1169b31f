import Foundation
import Synchronization
import TenonDomain
import TestSupport

/// A `tenon` process as an operator starts it, and a client of it.
final class TenonProcess: Sendable {
    struct Answer: Sendable {
        let status: Int
        let json: JSONValue
    }

    private let process: Mutex<Process>
    private let output: String
    let port: Int
    private let pid: Int32

    /// The binary that the tests are built with.
    static let binary = Bundle.main.executableURL!.deletingLastPathComponent().appending(path: "tenon").path

    /// Starts `tenon serve` and waits until it serves.
    static func serve(_ arguments: [String] = [], _ environment: [String: String] = [:]) async throws -> TenonProcess {
        let served = try TenonProcess(["serve", "--port", "\(try freePort())"] + arguments, environment)
        try await served.waitUntilServing()
        return served
    }

    /// What lets a process serve on a server of the test's own, which it brings up to date.
    static func environment(on server: PostgresServer) -> [String: String] {
        let parameters = Dictionary(uniqueKeysWithValues: server.parameters)
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
        port = Int(arguments[2])!
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
    }

    /// Runs another command to its end, in a working folder where one is given.
    static func run(
        _ arguments: [String], _ environment: [String: String] = [:], in folder: String? = nil
    ) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: binary)
        process.arguments = arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? ""].merging(environment) { $1 }
        if let folder { process.currentDirectoryURL = URL(fileURLWithPath: folder) }
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
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
        while process.withLock({ $0.isRunning }) { try? await Task.sleep(for: .milliseconds(10)) }
        return process.withLock { $0.terminationStatus }
    }

    private func waitUntilServing() async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while ContinuousClock.now < deadline {
            if let answer = try? await get("/health/ready"), answer.status == 200 { return }
            guard process.withLock({ $0.isRunning }) else { throw Failed(description: "it ended: \(log)") }
            try await Task.sleep(for: .milliseconds(20))
        }
        throw Failed(description: "it does not serve: \(log)")
    }

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

    /// A body that need not be JSON.
    func post(_ path: String, text: String, token: String? = nil, headers: [String] = []) async throws -> Answer {
        try await curl(
            ["-X", "POST", "--data-binary", text]
                + (["Content-Type: application/json"] + headers).flatMap { ["-H", $0] },
            path, token)
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
        let (status, body) = try await exchange(arguments, path, token)
        return Answer(status: status, json: body.isEmpty ? .null : try JSONParser.parse(body))
    }

    /// A page that is no JSON.
    func text(_ path: String) async throws -> String {
        try await exchange([], path, nil).body
    }

    private func exchange(
        _ arguments: [String], _ path: String, _ token: String?
    ) async throws -> (status: Int, body: String) {
        let authorization = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let all =
            ["-s", "-m", "20", "-w", "\n%{http_code}"] + arguments + authorization
            + ["http://127.0.0.1:\(port)\(path)"]
        let text: String = try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                let process = Process()
                process.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
                process.arguments = all
                let pipe = Pipe()
                process.standardOutput = pipe
                process.standardInput = FileHandle.nullDevice
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
        return (status, lines.dropLast().joined(separator: "\n"))
    }

    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        return withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                _ = bind(descriptor, address, length)
                _ = getsockname(descriptor, address, &length)
            }
            return Int(UInt16(bigEndian: pointer.pointee.sin_port))
        }
    }
}

/// A folder that is gone when the body has ended.
func withTemporaryFolder<Value>(_ body: (String) async throws -> Value) async throws -> Value {
    let folder = NSTemporaryDirectory() + "tenon-system-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    return try await body(folder)
}
