internal import Foundation
internal import TenonCrypto
internal import TenonDomain
internal import TenonKit
internal import TenonMemory
internal import TenonPostgres

/// What it costs to know who asks: tokens, refreshes, logins.
struct IdentityBench {
    private static let clients = 8

    let folder: String
    let rounds: Int
    let seconds: Int

    func run() async throws {
        try await tokens()
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_132)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        try refreshes(tenon, session)
        try await logins(tenon, session)
    }

    /// Tokens that were never seen, on one core.
    private func tokens() async throws {
        var comparison = Comparison(
            "access tokens verified on one core, each for the first time, against Ed25519 alone", aim: .atLeast(0.7))
        let clock = SystemClock()
        let randomness = SystemRandomness()
        let ids = Identifiers(clock: clock, randomness: randomness)
        let keks = KeyEncryptionKeys([1: Secret(randomness.bytes(32))])
        let memory = MemoryKeys(MemoryTransactions(clock: clock, identifiers: ids))
        let keys = try await InstallationKeys.open(
            keks: keks, secretKey: nil, dataKeys: memory, signingKeys: memory, randomness: randomness, clock: clock)
        let signer = try AccessTokenSigner(keys: keys.signingKeys, randomness: randomness)
        let now = clock.now()
        let raw = OpenSSLPublicKeys()
        let publicKey = PublicKeyMaterial.ed25519(signer.publicKeys()[0].ed25519)
        for _ in 0..<rounds {
            let tokens = try (0..<5_000).map { _ in
                try signer.sign(
                    AccessClaims(
                        subject: ids.next(), tenant: ids.next(), session: ids.next(), roles: [.owner], userVersion: 1,
                        issuedAt: now, expiresAt: now + .seconds(600)))
            }
            let parts = tokens.map { token in
                let cut = token.lastIndex(of: ".") ?? token.endIndex
                return (Array(token[..<cut].utf8), Base64URL.decode(token[token.index(after: cut)...]) ?? [])
            }
            let limit = Self.speed(of: parts.count) { index in
                guard raw.verifies(parts[index].1, of: parts[index].0, by: .ed25519, under: publicKey) else {
                    preconditionFailure("a signature does not verify")
                }
            }
            let ours = Self.speed(of: tokens.count) { index in
                guard (try? signer.verify(tokens[index], at: now)) != nil else {
                    preconditionFailure("a token does not verify")
                }
            }
            comparison.add(ours: ours, limit: limit)
        }
        comparison.report()
    }

    private static func speed(of count: Int, _ body: (Int) -> Void) -> Double {
        let begun = ContinuousClock.now
        for index in 0..<count { body(index) }
        return Double(count) / (ContinuousClock.now - begun).inSeconds
    }

    /// Each client refreshes with the token that the refresh before answered.
    private func refreshes(_ tenon: Served, _ session: Session) throws {
        var comparison = Comparison(
            "HTTP: refresh of \(Self.clients) sessions, against pgbench with the same statements", aim: .atLeast(0.5))
        let psql = Psql(socket: try tenon.socketFolder(folder))
        let statements = RefreshStatements(tenant: session.tenant)
        try psql.run(statements.preparation(clients: Self.clients))
        let script = "\(folder)/refresh.sql"
        try statements.pgbench.write(toFile: script, atomically: true, encoding: .utf8)
        for _ in 0..<rounds {
            let output = try Shell.run(
                "env",
                [
                    "PGOPTIONS=-c role=tenon_service -c search_path=tenon", try Shell.pgbench(), "-n", "-M", "prepared",
                    "-f", script, "-c", "\(Self.clients)", "-j", "2", "-T", "\(seconds)", psql.connection,
                ])
            let limit = try DriverBench.parsedRate(of: output)
            // One more than there are connections: wrk asks the script for a request that it does not send.
            let tokens = try (0...Self.clients).map { _ in try login(tenon, session, "refresh_token") }
            let lua = "\(folder)/refresh.lua"
            try RefreshStatements.wrk(tokens).write(toFile: lua, atomically: true, encoding: .utf8)
            let ours = try tenon.wrk(
                "/", nil, ["-s", lua], clients: Self.clients, seconds: seconds)
            comparison.add(ours: ours.rate, limit: limit)
        }
        comparison.report()
    }

    private func logins(_ tenon: Served, _ session: Session) async throws {
        var rates = Comparison(
            "HTTP: logins of 8 clients, against the bare hash on as many threads", aim: .atLeast(0.9))
        var delays = Comparison(
            "  p99 of config reads (4 clients) beside them, against the same without", in: .milliseconds,
            aim: .atMost(3))
        let hasher = PasswordHashing(policy: .automatic, threads: 2, randomness: SystemRandomness())
        defer { hasher.shutdown() }
        let password = Secret(Session.password)
        let hash = try await hasher.hash(password)
        let lua = "\(folder)/login.lua"
        try """
        wrk.method = "POST"
        wrk.body = '\(session.login)'
        wrk.headers["Content-Type"] = "application/json"
        """.write(toFile: lua, atomically: true, encoding: .utf8)
        let path = "/api/v1/namespaces/\(session.namespace)/configs/app_name"
        for _ in 0..<rounds {
            let limit = try await rate(tasks: 8, for: .seconds(seconds)) { _ in
                _ = try await hasher.verify(password, against: hash)
            }
            let ours = try tenon.wrk("/api/v1/auth/login", nil, ["-s", lua], clients: 8, seconds: seconds)
            rates.add(ours: ours.rate, limit: limit)
            let quiet = try tenon.wrk(path, session.token, clients: 4, seconds: seconds)
            nonisolated(unsafe) let server = tenon
            async let busy = server.wrk("/api/v1/auth/login", nil, ["-s", lua], clients: 8, seconds: seconds + 1)
            let beside = try tenon.wrk(path, session.token, clients: 4, seconds: seconds)
            _ = try await busy
            delays.add(ours: beside.p99, limit: quiet.p99)
        }
        rates.report()
        delays.report()
    }

    private func login(_ tenon: Served, _ session: Session, _ member: String) throws -> String {
        let answer = try Session.post(tenon, "/auth/login", session.login, "")
        guard let text = answer[member] as? String else { throw Shell.Failed(description: "no login: \(answer)") }
        return text
    }
}

/// A refresh as pgbench and as wrk run it: each client has a session of its own.
struct RefreshStatements {
    private let tenant: String

    init(tenant: String) {
        self.tenant = TenantID(tenant).map { Scope.uuidText($0) } ?? ""
    }

    /// Makes pgbench's sessions.
    func preparation(clients: Int) -> String {
        """
        INSERT INTO tenon.sessions (tenant_id, id, user_id, counter, created_at, rotated_at, idle_until, ends_at) \
        SELECT '\(tenant)', md5('s' || n)::uuid, u.id, 1, now(), now(), now() + interval '1 day', \
        now() + interval '1 day' FROM generate_series(0, \(clients - 1)) n, \
        (SELECT id FROM tenon.users WHERE tenant_id = '\(tenant)' LIMIT 1) u
        """
    }

    /// The statements that `RefreshSession` runs, in its round trips.
    var pgbench: String {
        """
        \\startpipeline
        BEGIN;
        SELECT set_config('tenon.tenant_id', '\(tenant)', true), set_config('statement_timeout', '5000', true);
        SELECT sessions.id, user_id, counter, sessions.created_at, rotated_at, idle_until, ends_at, ended_at, address, \
        user_agent, users.id, email, username, full_name, first_name, last_name, password_hash, roles, status, version, \
        users.created_at, users.updated_at \
        FROM sessions JOIN users ON users.tenant_id = sessions.tenant_id AND users.id = sessions.user_id \
        WHERE sessions.tenant_id = '\(tenant)' AND sessions.id = md5('s' || :client_id)::uuid FOR UPDATE OF sessions;
        \\endpipeline
        \\startpipeline
        UPDATE sessions SET counter = counter + 1, rotated_at = now(), idle_until = now() + interval '14 days' \
        WHERE tenant_id = '\(tenant)' AND id = md5('s' || :client_id)::uuid;
        COMMIT;
        \\endpipeline
        """
    }

    /// What an answer brings a later request takes.
    static func wrk(_ tokens: [String]) -> String {
        """
        local free = {\(tokens.map { "\"\($0)\"" }.joined(separator: ", "))}
        function request()
            return wrk.format("POST", "/api/v1/auth/refresh", {["Content-Type"] = "application/json"},
                '{"refresh_token":"' .. table.remove(free, 1) .. '"}')
        end
        function response(status, headers, body)
            table.insert(free, body:match('"refresh_token":"([^"]+)"'))
        end
        """
    }
}
