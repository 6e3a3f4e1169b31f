internal import Foundation

/// Tenon as a process under load from wrk, against a bare Hummingbird route and against pgbench.
struct HTTPBench {
    let folder: String
    let rounds: Int
    let seconds: Int

    private static let clients = 32

    func run() async throws {
        let bare = try Served(["bare", "--size", "620"], port: 18_101, program: CommandLine.arguments[0])
        defer { bare.stop() }
        try bare.waitFor("/bare")
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_102)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)

        try reads(tenon, session, against: bare)
        try creates(tenon, session)
        let memory = try tenon.residentMegabytes()
        print("resident memory of the service after the \(tenon.requests) requests above: \(memory) MB (under 100 MB)")
        tenon.stop()
        try startTimes()
    }

    private func reads(_ tenon: Served, _ session: Session, against bare: Served) throws {
        var comparison = Comparison(
            "HTTP: config read with token check, no value cache, against a bare Hummingbird route", target: 0.4)
        for _ in 0..<rounds {
            let limit = try wrk(bare, "/bare")
            let ours = try wrk(tenon, "/api/v1/namespaces/\(session.namespace)/configs/app_name", session.token)
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
        while tenon.requests < 200_000 {
            _ = try wrk(tenon, "/api/v1/namespaces/\(session.namespace)/configs/app_name", session.token)
        }
    }

    private func creates(_ tenon: Served, _ session: Session) throws {
        var comparison = Comparison("HTTP: config create, against pgbench with the same statements", target: 0.5)
        let script = "\(folder)/create.sql"
        try CreateStatements.pgbench(tenant: session.tenant, namespace: session.namespace)
            .write(toFile: script, atomically: true, encoding: .utf8)
        let socket = try tenon.socketFolder(folder)
        for round in 0..<rounds {
            let output = try Shell.run(
                "env",
                [
                    "PGOPTIONS=-c role=tenon_service -c search_path=tenon", try Shell.pgbench(), "-n", "-M", "prepared",
                    "-f", script, "-c", "16", "-j", "2", "-T", "\(seconds)", "host=\(socket) user=tenon dbname=tenon",
                ])
            let limit = try DriverBench.parsedRate(of: output)
            let lua = "\(folder)/create.lua"
            try CreateStatements.wrk(round: round).write(toFile: lua, atomically: true, encoding: .utf8)
            let ours = try wrk(
                tenon, "/api/v1/namespaces/\(session.namespace)/configs", session.token, ["-s", lua], clients: 16)
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
    }

    /// Requests per second; fails where an answer is no success.
    private func wrk(
        _ server: Served, _ path: String, _ token: String? = nil, _ options: [String] = [], clients: Int = clients
    ) throws -> Double {
        let authorization = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let output = try Shell.run(
            "wrk",
            ["-t", "1", "-c", "\(clients)", "-d", "\(seconds)s"] + authorization + options
                + ["http://127.0.0.1:\(server.port)\(path)"])
        guard !output.contains("Non-2xx") else {
            throw Shell.Failed(description: "not all answers were good:\n\(output)")
        }
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("Requests/sec:") }),
            let rate = Double(line.dropFirst("Requests/sec:".count).filter { $0 != " " })
        else { throw Shell.Failed(description: "wrk printed no rate:\n\(output)") }
        server.requests += Int(rate) * seconds
        return rate
    }

    private func startTimes() throws {
        for (name, arguments, bound) in [
            ("in memory", ["serve", "--in-memory"], "150 ms"),
            ("with an existing data folder", ["serve", "--data-dir", folder], "2 s"),
        ] {
            var times: [Double] = []
            for _ in 0..<3 {
                let begun = ContinuousClock.now
                let tenon = try Served(arguments, port: 18_103)
                try tenon.waitFor("/health/live")
                times.append((ContinuousClock.now - begun).inSeconds * 1000)
                tenon.stop()
            }
            print("time to the first answer, \(name): \(Int(times.median)) ms (under \(bound))")
        }
    }
}

/// A server process of the bench.
final class Served {
    let port: Int
    var requests = 0
    private let process = Process()

    /// `program` is the tenon binary beside this one unless it is named.
    init(_ arguments: [String], port: Int, program: String? = nil) throws {
        self.port = port
        let own = URL(fileURLWithPath: CommandLine.arguments[0])
        process.executableURL =
            program.map { URL(fileURLWithPath: $0) } ?? own.deletingLastPathComponent().appending(path: "tenon")
        process.arguments = arguments + ["--port", "\(port)"]
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle.standardError
        try Shell.withOpenSignalMask { try process.run() }
    }

    /// Polls with a plain socket, so that the wait costs next to nothing.
    func waitFor(_ path: String) throws {
        for _ in 0..<60_000 {
            if process.isRunning, answers(path) { return }
            guard process.isRunning else { break }
            usleep(1000)
        }
        throw Shell.Failed(description: "no answer on port \(port)")
    }

    private func answers(_ path: String) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isConnected = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(descriptor, $0, size) == 0 }
        }
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        guard isConnected, send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else {
            return false
        }
        var start = [UInt8](repeating: 0, count: 12)
        return recv(descriptor, &start, start.count, Int32(MSG_WAITALL)) == 12
            && String(decoding: start, as: UTF8.self) == "HTTP/1.1 200"
    }

    func residentMegabytes() throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return (line.flatMap { Int($0.filter(\.isNumber)) } ?? 0) / 1024
    }

    /// Of the private cluster.
    func socketFolder(_ folder: String) throws -> String {
        let data = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/cluster.json"))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return json?["socket_folder"] as? String ?? ""
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }
}

/// A tenant of the bench with a namespace and a value.
struct Session {
    let token: String
    let tenant: String
    let namespace: String

    init(_ tenon: Served) throws {
        func post(_ path: String, _ body: String, _ token: String = "") throws -> [String: Any] {
            let output = try Shell.run(
                "curl",
                [
                    "-s", "-X", "POST", "http://127.0.0.1:\(tenon.port)/api/v1\(path)", "-H",
                    "Content-Type: application/json", "-H", "Authorization: Bearer \(token)", "-d", body,
                ])
            return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
        }
        let registered = try post(
            "/auth/register",
            #"{"name":"bench-\#(getpid())","email":"bench@example.com","password":"SecurePassword123"}"#)
        token = registered["access_token"] as? String ?? ""
        tenant = (registered["tenant"] as? [String: Any])?["id"] as? String ?? ""
        namespace = try post("/namespaces", #"{"name":"production"}"#, token)["id"] as? String ?? ""
        let stored = try post(
            "/namespaces/\(namespace)/configs",
            #"""
            {"key":"app_name","value":"My Application","value_type":"string",
             "validation_schema":{"min_length":3,"max_length":50,"pattern":"^[a-zA-Z0-9 ]+$"}}
            """#, token)
        guard stored["id"] != nil else { throw Shell.Failed(description: "the value was not stored: \(stored)") }
    }
}
