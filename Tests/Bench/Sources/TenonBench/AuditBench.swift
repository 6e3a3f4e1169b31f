internal import Foundation
internal import TenonCrypto
internal import TenonDomain
internal import TenonKit
internal import TenonMemory

/// `tenon audit verify` of an export of a million records, against `openssl` over the same bytes, which only hashes them.
struct AuditBench {
    let folder: String
    let rounds: Int

    private static let records = 1_000_000
    /// So many become links at once, and get a signed head.
    private static let batch = 1000

    func run() async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let file = "\(folder)/audit.ndjson"
        try await Self.export(to: file)
        let tenon = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appending(path: "tenon")
        var comparison = Comparison(
            "audit verify of \(Self.records) records offline, records per second against SHA-256 of the same bytes",
            aim: nil)
        var slowest = 0.0
        for round in 0...rounds {
            let limit = try seconds("openssl", ["dgst", "-sha256", file])
            let ours = try seconds(tenon.path, ["audit", "verify", file, "--keys", "\(folder)/jwks.json"])
            if round > 0 {
                comparison.add(ours: Double(Self.records) / ours, limit: Double(Self.records) / limit)
                slowest = max(slowest, ours)
            }
        }
        comparison.report()
        print("  slowest \(slowest.hundredths) s  (at most 10.00 s: \(slowest <= 10 ? "met" : "MISSED"))")
        try FileManager.default.removeItem(atPath: file)
    }

    private func seconds(_ program: String, _ arguments: [String]) throws -> Double {
        let begun = ContinuousClock.now
        try Shell.run(program, arguments)
        return (ContinuousClock.now - begun).inSeconds
    }

    /// Records as they come from configuration writes, their contents sealed to some 300 bytes.
    private static func export(to path: String) async throws {
        let clock = SystemClock()
        let ids = Identifiers(clock: clock, randomness: SystemRandomness())
        let tenant: TenantID = ids.next()
        let signer = try await BenchSigner(clock, ids)
        try signer.writeKeys(to: path.replacingOccurrences(of: "audit.ndjson", with: "jwks.json"))
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        guard let output = FileHandle(forWritingAtPath: path) else {
            throw Shell.Failed(description: "\(path) cannot be written")
        }
        defer { try? output.close() }
        var chain = AuditChainCheck(of: tenant, hashing: OpenSSLChainHash())
        let sealed = SystemRandomness().bytes(300)
        let digest = SystemRandomness().bytes(32)
        for _ in 0..<(records / batch) {
            var export = AuditExport()
            for _ in 0..<batch {
                let record = StoredAuditRecord(
                    id: ids.next(), tenant: tenant, actor: "usr_01jd0000000000000000000000",
                    action: "configuration.config_updated",
                    resource: ResourceReference(kind: "config", id: "cfg_01jd0000000000000000000000"),
                    outcome: "success", content: .sealed(SealedBytes(sealed), digest: digest),
                    origin: Origin(
                        address: "192.0.2.7", userAgent: "curl/8.5.0", requestID: "req_01jd0000000000000000000000",
                        traceID: "4bf92f3577b34da6a3ce929d0e0e4736"),
                    occurredAt: clock.now())
                export.append(LinkedAuditRecord(link: chain.link(record), record: record), content: nil)
            }
            export.append(try signer.head(of: chain, at: clock.now()))
            try output.write(contentsOf: export.bytes)
        }
    }
}

/// Signs heads with a key of the bench's own.
private struct BenchSigner {
    private let signer: AccessTokenSigner

    init(_ clock: any WallClock, _ identifiers: Identifiers) async throws {
        let memory = MemoryTransactions(clock: clock, identifiers: identifiers)
        let randomness = SystemRandomness()
        let keys = try await InstallationKeys.open(
            keks: KeyEncryptionKeys([1: Secret(randomness.bytes(32))]), secretKey: nil, dataKeys: MemoryKeys(memory),
            signingKeys: MemoryKeys(memory), randomness: randomness, clock: clock)
        signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: randomness)
    }

    func head(of chain: AuditChainCheck, at now: Timestamp) throws -> AuditHead {
        let statement = AuditHead.statement(
            place: .shared(chain.tenant), sequence: chain.sequence, hash: chain.hash, madeAt: now)
        return AuditHead(
            place: .shared(chain.tenant), sequence: chain.sequence, hash: chain.hash, madeAt: now,
            signed: try signer.sign(statement, type: AuditHead.type))
    }

    func writeKeys(to path: String) throws {
        let keys = signer.publicKeys().map { key -> JSONValue in
            ["kty": "OKP", "crv": "Ed25519", "kid": .string(key.keyID), "x": .string(Base64URL.encode(key.ed25519))]
        }
        try JSONValue.members(["keys": .array(keys)]).description
            .write(toFile: path, atomically: true, encoding: .utf8)
    }
}
