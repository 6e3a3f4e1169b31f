internal import Foundation

/// A server process of the bench.
final class Served {
    let port: Int
    /// Scheme, host and port.
    let address: String
    var requests = 0
    private let process = Process()

    /// `program` is the tenon binary beside this one unless it is named. `isSecure` says that it serves TLS.
    init(
        _ arguments: [String], port: Int, program: String? = nil, environment: [String: String] = [:],
        isSecure: Bool = false
    ) throws {
        self.port = port
        address = "\(isSecure ? "https" : "http")://127.0.0.1:\(port)"
        let own = URL(fileURLWithPath: CommandLine.arguments[0])
        process.executableURL =
            program.map { URL(fileURLWithPath: $0) } ?? own.deletingLastPathComponent().appending(path: "tenon")
        process.arguments = arguments + ["--port", "\(port)"]
        let unlimited = [
            "RATE_LIMIT_PER_MINUTE": "1000000000", "TENON_RATE_LIMIT_PER_ADDRESS": "1000000000",
            "TENON_SIGN_IN_ATTEMPTS": "1000000",
        ]
        process.environment = ProcessInfo.processInfo.environment.merging(unlimited) { $1 }.merging(environment) { $1 }
        process.standardOutput = FileHandle(forWritingAtPath: "/dev/null")
        process.standardError = FileHandle.standardError
        try Shell.withOpenSignalMask { try process.run() }
    }

    /// Also where a bench fails on the way.
    deinit { stop() }

    var isRunning: Bool { process.isRunning }

    /// Where it listens.
    struct Endpoint: Sendable {
        let port: Int

        /// A connection that says nothing; nil where none is to be had.
        func connect() -> Int32? {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            guard descriptor >= 0 else { return nil }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let isConnected = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) == 0 }
            }
            if !isConnected { close(descriptor) }
            return isConnected ? descriptor : nil
        }
    }

    var endpoint: Endpoint { Endpoint(port: port) }

    /// A connection that says nothing; nil where none is to be had.
    func connectIdle() -> Int32? { endpoint.connect() }

    /// Polls with a plain socket, so that the wait costs next to nothing.
    func waitFor(_ path: String) throws {
        for _ in 0..<60_000 {
            if process.isRunning, answers(path) { return }
            guard process.isRunning else { break }
            usleep(1000)
        }
        throw Shell.Failed(description: "no answer on port \(port)")
    }

    func waitForTLS() throws {
        for _ in 0..<600 {
            if (try? Shell.run("curl", ["-sfk", "\(address)/health/ready"])) != nil { return }
            usleep(50_000)
        }
        throw Shell.Failed(description: "no answer over TLS")
    }

    private func answers(_ path: String) -> Bool {
        guard let descriptor = connectIdle() else { return false }
        defer { close(descriptor) }
        let request = "GET \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
        guard send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) > 0 else { return false }
        var start = [UInt8](repeating: 0, count: 12)
        return recv(descriptor, &start, start.count, Int32(MSG_WAITALL)) == 12
            && String(decoding: start, as: UTF8.self) == "HTTP/1.1 200"
    }

    func residentMegabytes() throws -> Int { try residentKilobytes() / 1024 }

    func residentKilobytes() throws -> Int { try kilobytes("VmRSS") }

    /// The most resident memory since the process began.
    func peakMegabytes() throws -> Int { try kilobytes("VmHWM") / 1024 }

    private func kilobytes(_ name: String) throws -> Int {
        let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
        let line = status.split(separator: "\n").first { $0.hasPrefix("\(name):") }
        return line.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Milliseconds of CPU that the process took so far (proc_pid_stat(5), fields 14 and 15).
    func processorMilliseconds() throws -> Int {
        let stat = try String(contentsOfFile: "/proc/\(process.processIdentifier)/stat", encoding: .utf8)
        let fields = stat.split(separator: ")").last?.split(separator: " ").compactMap { Int($0) } ?? []
        guard fields.count > 11 else { throw Shell.Failed(description: "no times of the process: \(stat)") }
        return (fields[10] + fields[11]) * 1000 / sysconf(Int32(_SC_CLK_TCK))
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

    /// Of /metrics.
    func metric(_ name: String) throws -> Double {
        let text = try Shell.run("curl", ["-sfk", "\(address)/metrics"])
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("\(name) ") }),
            let value = Double(line.dropFirst(name.count + 1))
        else { throw Shell.Failed(description: "there is no metric \(name)") }
        return value
    }

    /// What so many clients get, each of which asks again as soon as it is answered.
    struct Load {
        /// Requests per second.
        let rate: Double
        /// Milliseconds.
        let p99: Double
    }

    /// Fails where an answer is no success.
    func wrk(
        _ path: String, _ token: String? = nil, _ options: [String] = [], clients: Int = 32, seconds: Int
    ) throws -> Load {
        let authorization = token.map { ["-H", "Authorization: Bearer \($0)"] } ?? []
        let output = try Shell.run(
            "wrk",
            ["-t", "1", "-c", "\(clients)", "-d", "\(seconds)s", "--latency"] + authorization + options
                + ["\(address)\(path)"])
        guard !output.contains("Non-2xx") else {
            throw Shell.Failed(description: "not all answers were good:\n\(output)")
        }
        func figure(_ label: String) -> Substring? {
            let line = output.split(separator: "\n").first { $0.drop { $0 == " " }.hasPrefix(label) }
            return line?.split(separator: " ").last
        }
        guard let rate = figure("Requests/sec:").flatMap({ Double($0) }),
            let p99 = figure("99%").flatMap({ Self.milliseconds($0) })
        else { throw Shell.Failed(description: "wrk printed no rate:\n\(output)") }
        requests += Int(rate) * seconds
        return Load(rate: rate, p99: p99)
    }

    /// As wrk prints times: `850.00us`, `1.25ms`, `2.00s`.
    static func milliseconds(_ text: Substring) -> Double? {
        for (unit, factor) in [("us", 0.001), ("ms", 1), ("s", 1000)] where text.hasSuffix(unit) {
            return Double(text.dropLast(unit.count)).map { $0 * factor }
        }
        return nil
    }
}
