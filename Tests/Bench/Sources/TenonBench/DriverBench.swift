internal import Foundation
internal import TenonDomain
internal import TenonPostgres

/// Single-row reads of the driver against pgbench on the same server.
struct DriverBench {
    let database: PostgresDatabase
    /// libpq's parameters of the same server, for pgbench.
    let connection: [(String, String)]
    let folder: String

    static let rows = 1_000_000
    private static let select = Statement(
        "bench_select", "SELECT abalance FROM pgbench_accounts WHERE aid = $1")

    func run(rounds: Int, seconds: Int) async throws {
        try await singleRow(rounds, seconds)
        try await tenantScoped(rounds, seconds)
    }

    /// `pgbench -i`, readable by the service's role.
    func prepare() throws {
        try pgbench(["-i", "-q", "-s", "10"])
        try Shell.run("psql", ["-q", "-d", conninfo, "-c", "GRANT SELECT ON pgbench_accounts TO PUBLIC"])
    }

    private func singleRow(_ rounds: Int, _ seconds: Int) async throws {
        var comparison = Comparison(
            "driver: single-row reads, 16 clients, against pgbench -S -M prepared", aim: .atLeast(0.9))
        for _ in 0..<rounds {
            let limit = try Self.parsedRate(
                of: try pgbench(["-S", "-M", "prepared", "-c", "16", "-j", "2", "-T", "\(seconds)"]))
            let ours = try await read(database.unscopedReads, seconds)
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
    }

    private func tenantScoped(_ rounds: Int, _ seconds: Int) async throws {
        var comparison = Comparison(
            "driver: tenant-scoped reads, 16 clients, against pgbench with both statements in a pipeline",
            aim: .atLeast(0.8))
        let script = "\(folder)/scoped.sql"
        try """
        \\set aid random(1, 1000000)
        \\startpipeline
        SELECT set_config('tenon.tenant_id', '00000000-0000-0000-0000-000000000000', true), \
        set_config('statement_timeout', '5000', true);
        SELECT abalance FROM pgbench_accounts WHERE aid = :aid;
        \\endpipeline
        """.write(toFile: script, atomically: true, encoding: .utf8)
        for _ in 0..<rounds {
            let limit = try Self.parsedRate(
                of: try pgbench(["-n", "-M", "prepared", "-f", script, "-c", "16", "-j", "2", "-T", "\(seconds)"]))
            let ours = try await read(database.reads(in: .platform), seconds)
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
    }

    private func read(_ runner: any StatementRunner, _ seconds: Int) async throws -> Double {
        try await rate(tasks: 16, for: .seconds(seconds)) { number in
            let aid =
                Int64(truncatingIfNeeded: UInt64(truncatingIfNeeded: number &* 2_654_435_761) % UInt64(Self.rows)) + 1
            let rows = try await runner.run([Command(Self.select, [.int(aid)])])
            guard rows[0].count == 1 else { throw Shell.Failed(description: "the row \(aid) is missing") }
        }
    }

    private var conninfo: String { connection.map { "\($0.0)=\($0.1)" }.joined(separator: " ") }

    @discardableResult
    private func pgbench(_ arguments: [String]) throws -> String {
        try Shell.run(try Shell.pgbench(), arguments + [conninfo])
    }

    static func parsedRate(of output: String) throws -> Double {
        guard let line = output.split(separator: "\n").first(where: { $0.hasPrefix("tps = ") }),
            let rate = Double(line.dropFirst(6).prefix { $0 != " " })
        else { throw Shell.Failed(description: "pgbench printed no rate:\n\(output)") }
        return rate
    }
}
