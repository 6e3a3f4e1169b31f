import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite("TLS") struct PostgresTLSTests {
    private static let isEncrypted = Command(
        Statement("is_encrypted", "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"))
    private static let echo = Statement("echo_bytes", "SELECT $1::bytea")

    private func configuration(_ server: PostgresServer, _ more: [(String, String)]) -> PostgresConfiguration {
        PostgresConfiguration(
            parameters: server.parameters.map { $0.0 == "host" ? ("host", "localhost") : $0 }
                + [("hostaddr", "127.0.0.1")] + more)
    }

    @Test("A verified connection answers large and small requests, and a certificate of nobody we trust is refused")
    func verified() async throws {
        let server = try await PostgresServer.start(withTLS: true)
        let loop = try PostgresLoop()
        defer { loop.submit(.stop) }
        let verified = configuration(server, [("sslmode", "verify-full"), ("sslrootcert", server.certificate)])
        let pipeline = PostgresPipeline(verified, loop: loop, wireIDs: WireIDs(), limits: .init(connections: 1))
        try await pipeline.open()
        #expect(try await pipeline.run([Self.isEncrypted])[0][0].bool(0))
        let isRight = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                // Sizes on both sides of TLS records and of libpq's buffers.
                let bytes = [UInt8](repeating: 1, count: number * 997)
                group.addTask {
                    try await pipeline.run([Command(Self.echo, [.bytes(bytes)])])[0][0].bytes(0) == bytes
                }
            }
            return try await group.reduce(true) { $0 && $1 }
        }
        #expect(isRight)
        // One at a time nothing else comes after the last record to wake the thread.
        for size in stride(from: 7_000, to: 60_000, by: 997) {
            let bytes = [UInt8](repeating: 2, count: size)
            #expect(try await pipeline.run([Command(Self.echo, [.bytes(bytes)])])[0][0].bytes(0) == bytes)
        }
        let elsewhere = configuration(server, [("sslmode", "verify-full"), ("sslrootcert", "system-has-no-such-file")])
        let error = await postgresError { () async throws(PostgresError) in
            try await PostgresScript.open(elsewhere)
        }
        #expect(error?.isConnectionLost == true)
    }
}
