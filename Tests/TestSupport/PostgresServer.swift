internal import Foundation
internal import Glibc

/// A PostgreSQL server of one test's own, which the test may stop, kill and start again. It listens on a unix socket
/// in a folder under /tmp, and is ended and removed when the test lets go of it or its process dies, however it dies.
public final class PostgresServer: Sendable {
    private let folder: String
    private let port: String
    private let options: String
    /// Whoever holds the other end sees when this process is gone.
    private let lifeline: Int32

    /// A new cluster of `initdb`, running. Not durable unless told so; settings go to the server's command line.
    /// With TLS it listens on the loopback interface too, and its own certificate for `localhost` is made.
    public static func start(
        isDurable: Bool = false, withTLS: Bool = false, settings: [String: String] = [:]
    ) async throws -> PostgresServer {
        try await TestProcess.offPool {
            var all = isDurable ? [:] : ["fsync": "off"]
            if withTLS {
                all = ["ssl": "on", "listen_addresses": "127.0.0.1", "port": "\(try TestProcess.freePort())"]
            }
            let server = try PostgresServer(all.merging(settings) { $1 })
            if withTLS { try server.makeCertificate() }
            try server.control("start")
            return server
        }
    }

    /// libpq's parameters for its superuser.
    public var parameters: [(String, String)] {
        [("host", folder), ("port", port), ("user", "postgres"), ("dbname", "postgres")]
    }

    /// The PEM file of the certificate of a server with TLS.
    public var certificate: String { "\(folder)/data/server.crt" }

    /// A fast shutdown: sessions are cut off, what is committed is kept.
    public func stop() async throws {
        try await TestProcess.offPool { [self] in try control("stop", ["-m", "fast"]) }
    }

    /// `kill -9` of the postmaster, whose children end by themselves.
    public func killHard() throws {
        let file = try String(contentsOfFile: "\(folder)/data/postmaster.pid", encoding: .utf8)
        guard let line = file.split(separator: "\n").first, let process = pid_t(line) else {
            throw TestProcess.Failed(description: "postmaster.pid names no process")
        }
        kill(process, SIGKILL)
    }

    /// Starts again after `stop` or `killHard`.
    public func start() async throws {
        try await TestProcess.offPool { [self] in
            // After a kill the orphans need a moment to notice.
            for _ in 0..<50 where (try? control("start")) == nil { usleep(50_000) }
            try control("status")
        }
    }

    /// A fast shutdown and a start.
    public func restart() async throws {
        try await TestProcess.offPool { [self] in try control("restart", ["-m", "fast"]) }
    }

    private init(_ settings: [String: String]) throws {
        let name = strdup("/tmp/tenon-pg-XXXXXX")!
        defer { free(name) }
        guard mkdtemp(name) != nil else { throw TestProcess.Failed(description: "no folder under /tmp: \(errno)") }
        folder = String(cString: name)
        if geteuid() == 0, let user = getpwnam("postgres") {
            chown(folder, user.pointee.pw_uid, user.pointee.pw_gid)
        }
        let all = ["listen_addresses": "", "unix_socket_directories": folder].merging(settings) { $1 }
        port = all["port"] ?? "5432"
        options = all.sorted { $0.key < $1.key }.map { "-c \($0.key)='\($0.value)'" }.joined(separator: " ")
        lifeline = try Self.watch(folder)
        try Self.run(
            Self.program("initdb"),
            ["-D", "\(folder)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync"])
    }

    deinit {
        close(lifeline)
    }

    private func control(_ verb: String, _ arguments: [String] = []) throws {
        try Self.run(
            Self.program("pg_ctl"),
            ["-D", "\(folder)/data", "-w", "-l", "\(folder)/log", "-o", options] + arguments + [verb])
    }

    /// A shell that waits for the end of its input, then ends the server and removes its folder. Answers the
    /// descriptor that keeps it waiting.
    private static func watch(_ folder: String) throws -> Int32 {
        let command = dropped(try program("pg_ctl"), ["-D", "\(folder)/data", "-m", "immediate", "stop"])
        let script = "trap '' INT TERM HUP; read line; \"$@\" >/dev/null 2>&1; rm -rf \(folder)"
        return try TestProcess.lifeline(script, command)
    }

    private static func run(_ program: String, _ arguments: [String]) throws {
        let command = dropped(program, arguments)
        let process = try TestProcess.spawn(command)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard status == 0 else {
            throw TestProcess.Failed(description: "\(command.joined(separator: " ")) ended with the status \(status)")
        }
    }

    /// A program of the newest PostgreSQL.
    private static func program(_ name: String) throws -> String {
        let versions = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap { Int($0) }
        guard let newest = versions.max() else { throw TestProcess.Failed(description: "postgresql is not installed") }
        return "/usr/lib/postgresql/\(newest)/bin/\(name)"
    }

    /// As the user postgres where this is root.
    private static func dropped(_ program: String, _ arguments: [String]) -> [String] {
        let drop = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"]
        return (geteuid() == 0 ? drop : []) + [program] + arguments
    }

    /// Debian's postgresql brings openssl with it.
    private func makeCertificate() throws {
        try Self.run(
            "openssl",
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
                "-subj", "/CN=localhost", "-keyout", "\(folder)/data/server.key", "-out", certificate,
            ])
    }
}
