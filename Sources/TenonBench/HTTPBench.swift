internal import Foundation

/// Tenon as a process under load from wrk, against a bare Hummingbird route and against pgbench.
struct HTTPBench {
    let folder: String
    let rounds: Int
    let seconds: Int

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
            let limit = try bare.wrk("/bare", seconds: seconds)
            let ours = try tenon.wrk(
                "/api/v1/namespaces/\(session.namespace)/configs/app_name", session.token, seconds: seconds)
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
        while tenon.requests < 200_000 {
            _ = try tenon.wrk(
                "/api/v1/namespaces/\(session.namespace)/configs/app_name", session.token, seconds: seconds)
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
            let ours = try tenon.wrk(
                "/api/v1/namespaces/\(session.namespace)/configs", session.token, ["-s", lua], clients: 16,
                seconds: seconds)
            comparison.add(ours: ours, limit: limit)
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
