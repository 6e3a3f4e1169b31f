internal import Foundation
internal import Glibc
internal import Synchronization

/// A PostgreSQL server of one test's own, which the test may stop, kill and start again. It listens on a unix socket
/// in a folder under /tmp, and is ended and removed when the test lets go of it or its process dies, however it dies.
public final class PostgresServer: Sendable {
    public struct Failed: Error, CustomStringConvertible {
        public let description: String
    }

    private let folder: String
    private let options: String
    /// Whoever holds the other end sees when this process is gone.
    private let lifeline: FileHandle

    /// A new cluster of `initdb`, running. Not durable unless told so; settings go to the server's command line.
    public static func start(isDurable: Bool = false, settings: [String: String] = [:]) async throws -> PostgresServer {
        try await offPool {
            let server = try PostgresServer(isDurable: isDurable, settings: settings)
            try server.control("start")
            return server
        }
    }

    /// Puts a file into the data folder, readable for the server alone.
    public func addFile(_ name: String, _ content: String) throws {
        let path = "\(folder)/data/\(name)"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, 0o600)
        if geteuid() == 0, let user = getpwnam("postgres") { chown(path, user.pointee.pw_uid, user.pointee.pw_gid) }
    }

    /// libpq's parameters for its superuser.
    public var parameters: [(String, String)] { [("host", folder), ("user", "postgres"), ("dbname", "postgres")] }

    /// A fast shutdown: sessions are cut off, what is committed is kept.
    public func stop() async throws {
        try await Self.offPool { [self] in try control("stop", ["-m", "fast"]) }
    }

    /// `kill -9` of the postmaster, whose children end by themselves.
    public func killHard() throws {
        let file = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        guard let line = file.split(separator: "\n").first, let process = pid_t(line) else {
            throw Failed(description: "postmaster.pid names no process")
        }
        kill(process, SIGKILL)
    }

    /// Starts again after `stop` or `killHard`.
    public func start() async throws {
        try await Self.offPool { [self] in
            // After a kill the orphans need a moment to notice.
            for _ in 0..<50 where (try? control("start")) == nil { usleep(50_000) }
            try control("status")
        }
    }

    /// A fast shutdown and a start.
    public func restart() async throws {
        try await Self.offPool { [self] in try control("restart", ["-m", "fast"]) }
    }

    private init(isDurable: Bool, settings: [String: String]) throws {
        let name = strdup("/tmp/tenon-pg-XXXXXX")!
        defer { free(name) }
        guard mkdtemp(name) != nil else { throw Failed(description: "no folder under /tmp: \(errno)") }
        folder = String(cString: name)
        if geteuid() == 0, let user = getpwnam("postgres") {
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        var all = ["listen_addresses": "", "unix_socket_directories": folder]
        if !isDurable { all["fsync"] = "off" }
        all.merge(settings) { $1 }
        options = all.sorted { $0.key < $1.key }.map { "-c \($0.key)='\($0.value)'" }.joined(separator: " ")
        lifeline = try Self.watch(folder)
        try Self.run("initdb", ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
    }

    deinit {
        try? lifeline.close()
    }

    private func control(_ verb: String, _ arguments: [String] = []) throws {
        try Self.run(
            "pg_ctl",
            ["-D", "\(folder)/data", "-w", "-l", "\(folder)/log"] + ["-o", options] + arguments + [verb])
    }

    /// A shell that waits for the end of its input, then ends the server and removes its folder.
    private static func watch(_ folder: String) throws -> FileHandle {
        let command = try command("pg_ctl", ["-D", "\(folder)/data", "-m", "immediate", "stop"])
        let script = "trap '' INT TERM HUP; read line; \"$@\" >/dev/null 2>&1; rm -rf \(folder)"
        let input = Pipe()
        try spawn(["sh", "-c", script, "sh"] + command, input: input.fileHandleForReading)
        return input.fileHandleForWriting
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let command = try command(program, arguments)
        let process = try spawn(command, input: .nullDevice)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(description: "\(command.joined(separator: " ")) ended with \(process.terminationStatus)")
        }
    }

    /// The program of the newest PostgreSQL, as the user postgres where this is root.
    private static func command(_ program: String, _ arguments: [String]) throws -> [String] {
        let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap { Int($0) }
        guard let newest = versions.max() else { throw Failed(description: "postgresql is not installed") }
        let drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        return (geteuid() == 0 ? drop : []) + ["/usr/lib/postgresql/\(newest)/bin/\(program)"] + arguments
    }

    @discardableResult
    private static func spawn(_ command: [String], input: FileHandle) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = command
        process.currentDirectoryURL = URL(fileURLWithPath: "/")
        process.standardInput = input
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    private static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
