internal import Foundation

/// Tenon as a process under load from wrk, against a bare Hummingbird route and against pgbench.
struct HTTPBench {
    let folder: String
    let rounds: Int
    let seconds: Int

    func run() throws {
        let bare = try Served(["bare", "--size", "524"], port: 18_101, program: CommandLine.arguments[0])
        defer { bare.stop() }
        try bare.waitFor("/bare")
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_102)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)

        try cachedReads(tenon, session, against: bare)
        try storedReads(tenon, session, against: bare)
        try creates(tenon, session)
        let memory = try tenon.residentMegabytes()
        print("resident memory of the service after the \(tenon.requests) requests above: \(memory) MB (under 100 MB)")
        tenon.stop()
        try startTimes()
    }

    private func cachedReads(_ tenon: Served, _ session: Session, against bare: Served) throws {
        var rates = Comparison(
            "HTTP: config read from memory with token check, against a bare Hummingbird route", aim: .atLeast(0.6))
        var delays = Comparison(
            "  p99 of the same, 32 clients that ask again at once", in: .milliseconds, aim: .atMost(3))
        let (hitsBefore, requestsBefore) = (try tenon.metric("tenon_config_cache_hits_total"), tenon.requests)
        for _ in 0..<rounds {
            let limit = try bare.wrk("/bare", seconds: seconds)
            let ours = try tenon.wrk(path(session), session.token, seconds: seconds)
            rates.add(ours: ours.rate, limit: limit.rate)
            delays.add(ours: ours.p99, limit: limit.p99)
        }
        let hits = try tenon.metric("tenon_config_cache_hits_total") - hitsBefore
        // wrk's rate counts over slightly more than its seconds.
        guard hits > 0.95 * Double(tenon.requests - requestsBefore) else {
            throw Shell.Failed(description: "of \(tenon.requests - requestsBefore) reads \(hits) came from memory")
        }
        rates.report()
        delays.report()
    }

    private func storedReads(_ tenon: Served, _ session: Session, against bare: Served) throws {
        var comparison = Comparison(
            "HTTP: config read from the database with token check, against a bare Hummingbird route",
            aim: .atLeast(0.4))
        let fresh = ["-H", "Cache-Control: no-cache"]
        let hits = try tenon.metric("tenon_config_cache_hits_total")
        for _ in 0..<rounds {
            let limit = try bare.wrk("/bare", seconds: seconds)
            let ours = try tenon.wrk(path(session), session.token, fresh, seconds: seconds)
            comparison.add(ours: ours.rate, limit: limit.rate)
        }
        while tenon.requests < 200_000 {
            _ = try tenon.wrk(path(session), session.token, fresh, seconds: seconds)
        }
        guard try tenon.metric("tenon_config_cache_hits_total") == hits else {
            throw Shell.Failed(description: "reads with no-cache came from memory")
        }
        comparison.report()
    }

    private func path(_ session: Session) -> String {
        "/api/v1/namespaces/\(session.namespace)/configs/app_name"
    }

    private func creates(_ tenon: Served, _ session: Session) throws {
        var comparison = Comparison(
            "HTTP: config create in one of \(CreateStatements.namespaces) namespaces, against pgbench with the same statements",
            aim: .atLeast(0.5))
        let psql = Psql(socket: try tenon.socketFolder(folder))
        let statements = CreateStatements(tenant: session.tenant)
        try psql.run(statements.preparation)
        let script = "\(folder)/create.sql"
        try statements.pgbench.write(toFile: script, atomically: true, encoding: .utf8)
        let namespaces = try (0..<CreateStatements.namespaces).map { try session.addNamespace(tenon, "create-\($0)") }
        for round in 0..<rounds {
            let output = try Shell.run(
                "env",
                [
                    "PGOPTIONS=-c role=tenon_service -c search_path=tenon", try Shell.pgbench(), "-n", "-M", "prepared",
                    "-f", script, "-c", "16", "-j", "2", "-T", "\(seconds)", psql.connection,
                ])
            let limit = try DriverBench.parsedRate(of: output)
            let lua = "\(folder)/create.lua"
            try CreateStatements.wrk(round: round, namespaces)
                .write(toFile: lua, atomically: true, encoding: .utf8)
            let ours = try tenon.wrk("/", session.token, ["-s", lua], clients: 16, seconds: seconds)
            comparison.add(ours: ours.rate, limit: limit)
        }
        comparison.report()
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
