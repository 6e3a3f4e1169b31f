internal import Foundation

/// What it costs to face the internet: TLS and HTTP/2, ten thousand silent connections, and more requests than the
/// service can bear.
struct EdgeBench {
    let folder: String
    let rounds: Int
    let seconds: Int

    private static let silentConnections = 10_000

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try secureReads()
        try silentConnections()
        try overload()
    }

    // MARK: TLS and HTTP/2

    private func secureReads() throws {
        let (certificate, key) = try Shell.certificate(in: folder)
        let bare = try Served(
            ["bare", "--size", "524", "--certificate", certificate, "--key", key], port: 18_111,
            program: CommandLine.arguments[0])
        defer { bare.stop() }
        // The session is made in plain; the same private cluster is then served again under TLS.
        let plain = try Served(["serve", "--data-dir", folder], port: 18_112)
        try plain.waitFor("/health/ready")
        let session = try Session(plain)
        plain.stop()
        let tenon = try Served(
            ["serve", "--data-dir", folder], port: 18_112,
            environment: ["TLS_CERTIFICATE": certificate, "TLS_KEY": key], isSecure: true)
        defer { tenon.stop() }
        try tenon.waitForTLS()
        for (name, options) in [
            ("TLS, HTTP/1.1", ["--h1", "-c", "32"]),
            ("TLS, HTTP/2, 4 connections of 8 streams", ["-c", "4", "-m", "8"]),
        ] {
            var comparison = Comparison(
                "HTTP: config read over \(name), against a bare Hummingbird route over the same", aim: nil)
            for _ in 0..<rounds {
                let limit = try rate(options, "https://127.0.0.1:\(bare.port)/bare")
                let ours = try rate(
                    options + ["-H", "authorization: Bearer \(session.token)"],
                    "https://127.0.0.1:\(tenon.port)/api/v1/namespaces/\(session.namespace)/configs/app_name")
                comparison.add(ours: ours, limit: limit)
            }
            comparison.report()
        }
    }

    /// Good answers per second; fails where an answer is no success.
    private func rate(_ options: [String], _ address: String) throws -> Double {
        let output = try Shell.run(
            "h2load", options + ["-t", "1", "-D", "\(seconds)", "--warm-up-time", "1", address])
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("finished in") }),
            let rate = line.split(separator: " ").first(where: { Double($0) != nil }).flatMap({ Double($0) }),
            output.contains(" 0 failed,"), output.contains(" 0 4xx, 0 5xx")
        else { throw Shell.Failed(description: "h2load did not end well:\n\(output)") }
        return rate
    }

    // MARK: Silent connections

    private func silentConnections() throws {
        let tenon = try Served(
            ["serve", "--in-memory"], port: 18_113,
            environment: [
                "TENON_MAX_CONNECTIONS_PER_ADDRESS": "20000", "TENON_IDLE_TIMEOUT_SECONDS": "600",
            ])
        defer { tenon.stop() }
        try tenon.waitFor("/health/live")
        let before = try tenon.residentKilobytes()
        var descriptors: [Int32] = []
        defer { for descriptor in descriptors { close(descriptor) } }
        while descriptors.count < Self.silentConnections, let descriptor = tenon.connectIdle() {
            descriptors.append(descriptor)
        }
        guard descriptors.count == Self.silentConnections else {
            print("silent connections: only \(descriptors.count) could be opened; raise the limit of open files")
            return
        }
        try tenon.waitFor("/health/live")
        usleep(500_000)
        let after = try tenon.residentKilobytes()
        let each = Double(after - before) / Double(descriptors.count)
        print(
            """
            \(descriptors.count) silent connections: \(each.hundredths) KiB of memory each \
            (\(before / 1024) MiB before, \(after / 1024) MiB with them), and others are still answered
            """)
    }

    // MARK: Overload

    /// A page of 120 values, opened one by one: work enough that turning a request away, and the client on the same cores,
    /// are small beside it; and less than 64 KiB, past which loopback's delayed acknowledgements would be measured.
    private func overload() throws {
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_114)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        try session.fill(tenon, entries: 120)
        let path = "/api/v1/namespaces/\(session.namespace)/configs?limit=120"
        let bearable = try tenon.wrk(path, session.token, clients: 16, seconds: seconds).rate
        func load(_ rate: Double) throws -> OpenLoad.Outcome {
            try OpenLoad(tenon, path, token: session.token).run(rate: rate, seconds: seconds)
        }
        let half = try load(bearable / 2)
        let triple = try load(bearable * 3)
        let ratio = triple.p99 / half.p99
        print(
            """
            overload: the service bears \(bearable.rate) lists of 120 values
              at half of it  \(half.good.rate) answered, \(half.refused.rate) turned away, p99 \(half.p99.hundredths) ms
              at three times \(triple.good.rate) answered, \(triple.refused.rate) turned away, \
            p99 of the answered \(triple.p99.hundredths) ms
              ratio of the two p99 \(ratio.hundredths)  (at most 5.00: \(ratio <= 5 ? "met" : "MISSED"))
            """)
    }
}
