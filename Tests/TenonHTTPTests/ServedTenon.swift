import Foundation
import Logging
import ServiceLifecycle
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonOIDC
import TenonService
import TestSupport

@testable import TenonHTTP
@testable import TenonHTTPServer

/// The whole API on memory adapters and real crypto, over a real socket.
struct ServedTenon: Sendable {
    let port: Int
    let memory: MemoryTransactions
    private let tenon: Tenon

    var signer: AccessTokenSigner { tenon.parts.keyring.signer }
    var tenants: TenantAccessCache { tenon.parts.tenants }
    var life: ServiceLife { tenon.life }
    var ids: Identifiers { tenon.parts.ports.identifiers }
    var catalog: EndpointCatalog { tenon.catalog }
    /// Makes audit records into links, as the service does once a second.
    var linkAudit: LinkAuditRecords { tenon.parts.linkAudit }
    var cache: ConfigCache { tenon.parts.cache }
    var table: WatchTable { tenon.parts.watchTable }

    /// Serves for the length of the body, with more endpoints where the API has none of a kind.
    static func with(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in }, endpoints: [any Endpoint] = [],
        limiter: RateLimiter? = nil, heavy: any HeavyWork = HeavyThreads(threads: 2),
        _ body: @escaping @Sendable (ServedTenon) async throws -> Void
    ) async throws {
        var options = TenonOptions()
        options.passwordHasher = PasswordHashing.weak(threads: 2, randomness: SystemRandomness())
        options.cacheBytes = 1 << 20
        options.tenantGrace = .seconds(3600)
        options.providerPolicy = ProviderPolicy(allowsPlainLoopback: true, allowsPrivateAddresses: true)
        let storage = MemoryStorage(ProcessDependencies(randomness: SystemRandomness(), heavy: heavy))
        var tenon = try await Tenon(on: storage, keys: .temporary, options: options)
        tenon.limiter = limiter
        for endpoint in endpoints { tenon.catalog.add(endpoint) }
        var settings = HTTPServerSettings(port: 0)
        configure(&settings)
        let (bound, announce) = AsyncStream.makeStream(of: Int.self)
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let group = ServiceGroup(
            services: tenon.server(settings, logger) { port in announce.yield(port) }, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { [tenon] tasks in
            tasks.addTask { try await group.run() }
            let recording = Task { await tenon.parts.recordAPIKeyUses.run() }
            defer { recording.cancel() }
            var iterator = bound.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let served = ServedTenon(port: port, memory: storage.memory, tenon: tenon)
            let outcome: Result<Void, any Error>
            do { outcome = .success(try await body(served)) } catch { outcome = .failure(error) }
            await group.triggerGracefulShutdown()
            try await tasks.waitForAll()
            try outcome.get()
        }
    }

    /// A token of a user with these roles; the tenant exists in the token alone unless it is given.
    func token(_ roles: Set<Role>, tenant: TenantID? = nil, life: Duration = .seconds(60)) throws -> String {
        let now = SystemClock().now()
        let tenant: TenantID = tenant ?? ids.next()
        tenants.keep(TenantAccess(tenant: tenant, status: .active, plan: .professional), at: now)
        return try signer.sign(
            AccessClaims(
                subject: ids.next(), tenant: tenant, session: ids.next(), roles: roles, userVersion: 1, issuedAt: now,
                expiresAt: now + life))
    }

    struct Answer {
        let status: Int
        let headers: [String: String]
        let body: String

        var json: JSONValue { (try? JSONParser.parse(body)) ?? .null }
        var code: String? { json["code"]?.stringValue }
    }

    func send(
        _ method: String, _ path: String, token: String? = nil, body: String? = nil, headers: [String] = []
    ) async throws -> Answer {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: localhost", "Connection: close"] + headers
        if let token { lines.append("Authorization: Bearer \(token)") }
        if let body {
            if !headers.contains(where: { $0.hasPrefix("Content-Type") }) {
                lines.append("Content-Type: application/json")
            }
            lines.append("Content-Length: \(body.utf8.count)")
        }
        return await raw(Array((lines.joined(separator: "\r\n") + "\r\n\r\n" + (body ?? "")).utf8))
    }

    /// Sends the bytes as they are and reads until the server closes.
    func raw(_ bytes: [UInt8]) async -> Answer {
        Self.parse(await exchange(bytes, within: .seconds(20)).text)
    }

    private static func parse(_ text: String) -> Answer {
        let halves = text.split(separator: "\r\n\r\n", maxSplits: 1, omittingEmptySubsequences: false)
        let lines = halves[0].components(separatedBy: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            let parts = line.split(separator: ":", maxSplits: 1)
            if parts.count == 2 { headers[parts[0].lowercased()] = parts[1].trimmingCharacters(in: .whitespaces) }
        }
        return Answer(
            status: Int(lines[0].split(separator: " ").dropFirst().first ?? "") ?? 0, headers: headers,
            body: halves.count == 2 ? String(halves[1]) : "")
    }
}
