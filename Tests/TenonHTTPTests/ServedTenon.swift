import Foundation
import Logging
import ServiceLifecycle
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TenonOIDC
import TenonYAML
import TestSupport

@testable import TenonHTTP

/// The whole API on memory adapters and real crypto, over a real socket.
struct ServedTenon: Sendable {
    let port: Int
    let signer: AccessTokenSigner
    let tenants: TenantAccessCache
    let memory: MemoryTransactions
    let life: ServiceLife
    let ids: Identifiers
    let catalog: EndpointCatalog
    /// Makes audit records into links, as the service does once a second.
    let linkAudit: LinkAuditRecords
    let cache: ConfigCache
    let table: WatchTable

    /// Serves for the length of the body, with more endpoints where the API has none of a kind.
    static func with(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in }, endpoints: [any Endpoint] = [],
        limiter: RateLimiter? = nil, heavy: any HeavyWork = HeavyThreads(threads: 2),
        _ body: @escaping @Sendable (ServedTenon) async throws -> Void
    ) async throws {
        let clock = SystemClock()
        let randomness = SystemRandomness()
        let ids = Identifiers(clock: clock, randomness: randomness)
        let cache = ConfigCache(bytes: 1 << 20)
        let table = WatchTable()
        let access = AccessObservers()
        let memory = MemoryTransactions(
            clock: clock, identifiers: ids, revisions: RevisionObservers([cache, table]), access: access)
        let keks = KeyEncryptionKeys([1: Secret(randomness.bytes(32))])
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: MemoryKeys(memory), signingKeys: MemoryKeys(memory),
            randomness: randomness, clock: clock)
        let signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: randomness)
        let sealer = EnvelopeSealer(keks: keks, dataKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
        let hasher = PasswordHashing.weak(threads: 2, randomness: randomness)
        defer { hasher.shutdown() }
        let authorizer = PolicyAuthorizer(clock: clock)
        let tenants = TenantAccessCache()
        access.add(TokenRevocations(signer: signer, clock: clock))
        access.add(tenants)
        let knownKeys = KnownAPIKeys()
        access.add(knownKeys)
        let uses = APIKeyUses()
        let life = ServiceLife()
        let ports = Ports(
            transactions: memory, authorizer: authorizer, sealer: sealer, digests: keys.digests, identifiers: ids,
            randomness: randomness, clock: clock)
        let directory = MemoryDirectory(memory)
        let sessions = SessionStarter(
            signer: signer, refreshTokens: keys.refreshTokens, identifiers: ids, lifetimes: TokenLifetimes())
        let useCases = UseCases(
            identity: IdentityUseCases(
                ports, directory: directory, attempts: MemorySignInAttempts(memory), passwords: PasswordPolicy(),
                hasher: hasher, refreshTokens: keys.refreshTokens, sessions: sessions, tenants: tenants,
                plan: .professional),
            tenants: TenantUseCases(
                ports, registry: memory, catalog: MemoryTenantCatalog(memory),
                owners: AddFirstOwner(ports, registry: memory), plan: .professional, grace: .seconds(3600)),
            apiKeys: APIKeyUseCases(ports, cryptography: OpenSSLMessageCryptography()),
            sso: SSOUseCases(
                ports, directory: directory,
                provider: OpenIDProvider(
                    policy: ProviderPolicy(allowsPlainLoopback: true, allowsPrivateAddresses: true),
                    keys: OpenSSLPublicKeys(), clock: clock),
                sessions: sessions),
            access: AccessUseCases(ports),
            configuration: ConfigurationUseCases(
                ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: cache, table: table),
            audit: AuditUseCases(ports, registry: memory, sealer: sealer, hashing: OpenSSLChainHash()) {
                ReceiptVerification(keys: $0)
            },
            checkHealth: CheckHealth(probes: [MemoryProbe()], timeout: .seconds(5)))
        let metrics = ServiceMetrics()
        var catalog = EndpointCatalog.tenon(
            useCases, signer: signer, paging: Paging(digests: keys.digests), life: life, metrics: metrics,
            documentation: DocumentationPages(isServed: true), version: "v1")
        for endpoint in endpoints { catalog.add(endpoint) }
        let edge = HTTPServer.Edge(
            once: AnswerOnce(transactions: memory, sealer: sealer, identifiers: ids, clock: clock),
            authenticate: Authenticate(
                transactions: memory, signer: signer,
                apiKeys: APIKeyVerification(
                    transactions: memory, directory: MemoryDirectory(memory), seen: MemorySeenSignatures(memory),
                    sealer: sealer, digests: keys.digests, cryptography: OpenSSLMessageCryptography(),
                    known: knownKeys, uses: uses, clock: clock),
                tenants: tenants, clock: clock),
            authorizer: authorizer, digests: keys.digests,
            denials: RecordDenial(transactions: memory, clock: clock), clock: clock, identifiers: ids, metrics: metrics,
            limiter: limiter, heavy: heavy)
        let linkAudit = LinkAuditRecords(
            chain: MemoryAuditChain(memory), signer: signer, digests: keys.digests, hashing: OpenSSLChainHash(),
            clock: clock)
        var settings = HTTPServerSettings(port: 0)
        configure(&settings)
        let (bound, announce) = AsyncStream.makeStream(of: Int.self)
        let served = catalog
        let server = HTTPServer(
            catalog: served, edge: edge, settings: settings,
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ) { port in
            life.enter(.running)
            announce.yield(port)
        }
        let group = ServiceGroup(services: [server], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            let recording = Task { await RecordAPIKeyUses(transactions: memory, uses: uses).run() }
            defer { recording.cancel() }
            var iterator = bound.makeAsyncIterator()
            let port = await iterator.next() ?? 0
            let served = ServedTenon(
                port: port, signer: signer, tenants: tenants, memory: memory, life: life, ids: ids, catalog: served,
                linkAudit: linkAudit,
                cache: cache,
                table: table)
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
