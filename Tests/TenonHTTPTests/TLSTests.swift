import Foundation
import Logging
import Synchronization
import TenonDomain
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// HTTPS with a certificate of the test's own, asked by curl and openssl.
@Suite struct TLSTests {
    /// Protocol version and status, the head, and curl's own outcome.
    private func curl(
        _ tenon: ServedTenon, _ path: String, trusting certificate: TestCertificate, _ options: String...
    ) async -> String {
        let script =
            "curl -sS -i --max-time 5 -w '\\n[%{http_version} %{http_code}]' --cacert \(certificate.certificate) "
            + options.joined(separator: " ") + " https://127.0.0.1:\(tenon.port)\(path)"
        return await Command.run("sh", "-c", script).output
    }

    @Test("HTTP/2 is agreed on and answers as HTTP/1.1 does, and HTTP/1.1 is spoken with who wants it")
    func versions() async throws {
        try await ServedTenon.withTLS { tenon, certificate in
            for (option, version) in [("--http2", "2"), ("--http1.1", "1.1")] {
                func ask(_ path: String, _ options: String) async -> String {
                    await curl(tenon, path, trusting: certificate, option, options)
                }
                let live = await ask("/health/live", "")
                #expect(live.hasSuffix("[\(version) 200]"), "\(live)")
                #expect(live.lowercased().contains("strict-transport-security: max-age="))
                #expect(await ask("/health/live", "--head").hasSuffix("[\(version) 200]"))
                #expect(await ask("/nowhere", "").hasSuffix("[\(version) 404]"))
                let post = await ask("/v1/auth/login", "-H 'Content-Type: application/json' -d '{}'")
                #expect(post.hasSuffix("[\(version) 422]"), "\(post)")
                let page = await ask("/openapi.json", "")
                let tag = try #require(page.firstMatch(of: /[Ee][Tt]ag: ("[^"]*")/)?.output.1)
                #expect(await ask("/openapi.json", "-H 'If-None-Match: \(tag)'").hasSuffix("[\(version) 304]"))
                let large = await ask(
                    "/v1/auth/login", "-H 'Content-Type: application/json' -H 'Expect:' -d @/etc/passwd")
                #expect(large.hasSuffix("[\(version) 400]"))
            }
        }
    }

    @Test("TLS 1.1 is refused")
    func oldVersions() async throws {
        try await ServedTenon.withTLS { tenon, _ in
            func handshake(_ version: String) async -> String {
                await Command.run(
                    "openssl", "s_client", version, "-cipher", "DEFAULT@SECLEVEL=0", "-connect",
                    "127.0.0.1:\(tenon.port)"
                ).output
            }
            #expect(await handshake("-tls1_1").contains("alert protocol version"))
            #expect(await handshake("-tls1_2").contains("Cipher is ECDHE"))
        }
    }

    @Test("plain HTTP at the TLS port is closed without a word of HTTP")
    func plainAtTLS() async throws {
        try await ServedTenon.withTLS { tenon, _ in
            let received = await tenon.exchange("GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n")
            #expect(received.isClosed)
            #expect(!received.text.contains("HTTP"))
            #expect(received.text.utf8.count < 64)
        }
    }

    @Test("a handshake that does not come to its end is closed at its deadline")
    func slowHandshake() async throws {
        try await ServedTenon.withTLS(
            { $0.limits.head = .milliseconds(300) },
            { tenon, _ in
                for start: [UInt8] in [[], [0x16], [0x16, 0x03, 0x01, 0x02, 0x00, 0x01]] {
                    let received = await tenon.exchange(start)
                    #expect(received.isClosed)
                    #expect(received.text.isEmpty)
                }
            })
    }

    @Test("a replaced certificate greets the next connections, and the old ones live on")
    func replaced() async throws {
        try await ServedTenon.withTLS { tenon, certificate in
            let old = try await HTTP2Client.connect(tenon.port)
            try await old.get("/health/live", stream: 1)
            #expect(try await old.status(of: 1) == 200)
            let next = try await TestCertificate.make()
            defer { next.remove() }
            try certificate.replace(by: next)
            try await until { await curl(tenon, "/health/live", trusting: next).hasSuffix("200]") }
            try await old.get("/health/live", stream: 3)
            #expect(try await old.status(of: 3) == 200)
            old.close()
        }
    }

    @Test("a certificate that does not parse leaves the old one in place and is logged, once")
    func unusable() async throws {
        let certificate = try await TestCertificate.make()
        defer { certificate.remove() }
        let identity = try TLSIdentity(certificate.files)
        let before = identity.context
        let lines = CollectedLines()
        let watch = Task { await identity.watch(Logger(label: "test") { _ in lines.handler }) }
        try Data("garbage".utf8).write(to: URL(fileURLWithPath: certificate.certificate))
        try await until { !lines.all.isEmpty }
        #expect(identity.reloadIfChanged() == nil, "whoever looks again finds nothing new to say")
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.contains("using the old one") == true)
        #expect(identity.context === before)
        let next = try await TestCertificate.make()
        defer { next.remove() }
        try certificate.replace(by: next)
        try await until { identity.context !== before }
        watch.cancel()
        await watch.value
    }

    @Test("a key that is not the certificate's, or no file at all, is one clear failure at the start")
    func mismatch() async throws {
        let (one, other) = (try await TestCertificate.make(), try await TestCertificate.make())
        defer {
            one.remove()
            other.remove()
        }
        for files in [
            TLSFiles(certificate: one.certificate, key: other.key), TLSFiles(certificate: one.key, key: one.key),
            TLSFiles(certificate: one.folder + "/absent.pem", key: one.key),
        ] {
            let failure = #expect(throws: Failure.self) { () throws in _ = try TLSIdentity(files) }
            #expect(failure?.code == .tlsFilesUnusable)
            #expect(failure?.detail.contains(files.key) == true)
        }
    }

    @Test("the port beside it only leads to https")
    func redirectPort() async throws {
        let port = Int(try TestProcess.freePort())
        try await ServedTenon.withTLS(
            { $0.redirectPort = port },
            { tenon, _ in
                func plain(_ request: String) async -> Received {
                    let connection = await RawConnection.open(port)
                    defer { connection.close() }
                    await connection.send(request + "Host: 127.0.0.1:\(port)\r\nConnection: close\r\n\r\n")
                    return await connection.receive()
                }
                let led = await plain("GET /docs?a=b HTTP/1.1\r\n")
                #expect(led.statuses == [308])
                #expect(led.field("location") == "https://127.0.0.1:\(tenon.port)/docs?a=b")
                #expect(led.field("strict-transport-security") == nil)
                #expect(led.field("x-content-type-options") == "nosniff")
                let refused = await plain("POST /v1/auth/login HTTP/1.1\r\nContent-Length: 0\r\n")
                #expect(refused.statuses == [403])
                #expect(refused.code == "https_required")
            })
    }
}

/// Log lines, for looking at them.
final class CollectedLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var handler: any LogHandler { Handler(lines: self) }

    private struct Handler: LogHandler {
        let lines: CollectedLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.lines.withLock { $0.append("\(event.level) \(event.message)") }
        }
    }
}
