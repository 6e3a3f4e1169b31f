import Foundation
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Walks the catalog: every operation, asked by everybody, answers what `docs/access.md` says.
@Suite struct AccessTableTests {
    /// The table as it is committed: by operation, what it needs and who may.
    private static func table() throws -> [String: (needs: String, isAllowed: [String: Bool])] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/access.md").standardized
        var table: [String: (needs: String, isAllowed: [String: Bool])] = [:]
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") where line.hasPrefix("| `") {
            let cells = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
            let marks = zip(AccessReference.columns, cells.dropFirst(3)).map { ($0, $1 == "yes") }
            table[cells[1].trimmingCharacters(in: ["`"])] = (cells[2], Dictionary(uniqueKeysWithValues: marks))
        }
        return table
    }

    /// A path with an example in each place, as nothing stands under it.
    private static func path(_ operation: TenonHTTPServer.Operation, _ captures: [String: String] = [:]) -> String {
        let examples = [
            "namespace_id": NamespaceID.example.description, "key": "k", "version": "1",
            "user_id": UserID.example.description, "session_id": SessionID.example.description, "role": "auditor",
        ]
        return operation.path.text.split(separator: "/").reduce(operation.mount.prefixes[0]) { path, segment in
            guard segment.hasPrefix("{") else { return path + "/" + segment }
            let name = String(segment.dropFirst().dropLast())
            return path + "/" + (captures[name] ?? examples[name] ?? "\(name)_00000000000000000000000000")
        }
    }

    private static func ask(
        _ tenon: ServedTenon, _ entry: EndpointCatalog.Entry, _ token: String?, at path: String? = nil
    ) async throws -> ServedTenon.Answer {
        var body: String?
        var headers = ["Accept: application/json"]
        if let media = entry.request?.media.first {
            body = media.example.stringValue ?? media.example.description
            headers.append("Content-Type: \(media.type)")
        }
        // A watch would go on for ever.
        let query = entry.operation.isLongLived ? "?wait=0" : ""
        return try await tenon.send(
            entry.operation.method.rawValue, (path ?? Self.path(entry.operation)) + query, token: token, body: body,
            headers: headers)
    }

    private func guarded(_ tenon: ServedTenon) -> [EndpointCatalog.Entry] {
        tenon.catalog.entries.filter { $0.operation.access != .open && !$0.operation.isEssential }
    }

    @Test("the committed table is what the catalog and the built-in roles say")
    func committed() async throws {
        try await ServedTenon.with { tenon in
            let rows = AccessReference(tenon.catalog, authorizer: PolicyAuthorizer.forTests()).rows
            let table = try Self.table()
            #expect(rows.count == table.count && rows.count > 70)
            for row in rows {
                let marks = Dictionary(uniqueKeysWithValues: zip(AccessReference.columns, row.isAllowed))
                #expect(table[row.operation]?.isAllowed == marks, "\(row.operation)")
            }
        }
    }

    @Test("without a token, with garbage, past its life or behind its session's end, everything answers 401")
    func unauthenticated() async throws {
        try await ServedTenon.with { tenon in
            let expired = try tenon.token([.owner], life: .milliseconds(-1000))
            let revoked = try tenon.token([.owner])
            let session = try tenon.signer.verify(revoked, at: SystemClock().now()).session
            tenon.signer.revoke(AccessChange(id: tenon.ids.next(), .session(session)), at: SystemClock().now())
            for entry in guarded(tenon) {
                for token in [nil, "garbage", "tnk_garbage", expired, revoked] {
                    let answer = try await Self.ask(tenon, entry, token)
                    #expect(answer.status == 401, "\(entry.operation.id) with \(token ?? "nothing")")
                    #expect(answer.headers["www-authenticate"] != nil)
                }
            }
        }
    }

    @Test("a suspended tenant's users are told so by everything")
    func suspended() async throws {
        try await ServedTenon.with { tenon in
            let tenant: TenantID = tenon.ids.next()
            let token = try tenon.token([.owner], tenant: tenant)
            tenon.tenants.keep(
                TenantAccess(tenant: tenant, status: .suspended, plan: .free), at: SystemClock().now())
            for entry in guarded(tenon) {
                let answer = try await Self.ask(tenon, entry, token)
                #expect(answer.status == 403 && answer.code == "tenant_suspended", "\(entry.operation.id)")
            }
            // Refusals are written down behind their answers.
            let operations = Set(guarded(tenon).map(\.operation.id))
            func denied() -> Set<String> {
                Set(
                    tenon.memory.auditRecords
                        .filter { $0.outcome == .denied && $0.details["code"] == "tenant_suspended" }.map(\.action))
            }
            try await until("a refusal of each") { denied() == operations }
            #expect(tenon.memory.auditRecords.allSatisfy { $0.actor.hasPrefix("usr_") })
        }
    }

    @Test("every role, nobody's role, administrators and API keys get past where the table says so, and nowhere else")
    func roles() async throws {
        try await ServedTenon.with { tenon in
            let table = try Self.table()
            let tenant = try await tenon.registered("acme").tenant
            let owner = try await tenon.user(of: tenant, [.owner])
            for entry in guarded(tenon) {
                let row = try #require(table[entry.operation.id], "\(entry.operation.id) is not in the table")
                // Some operations sign their users out: each is asked by users of its own.
                var tokens: [String: String] = [:]
                for role in Role.builtIn { tokens[role.name] = try await tenon.user(of: tenant, [role]) }
                tokens["no role"] = try await tenon.user(of: tenant, [])
                tokens["platform administrator"] = try await tenon.user(of: .platform, [.platformAdministrator])
                for (who, token) in tokens {
                    let answer = try await Self.ask(tenon, entry, token)
                    let isRefused = answer.status == 403 && answer.code == "permission_denied"
                    #expect(
                        isRefused == (row.isAllowed[who] == false), "\(entry.operation.id) by \(who): \(answer.body)")
                    if row.isAllowed[who] == true {
                        #expect(
                            answer.status != 401 && answer.status < 500,
                            "\(entry.operation.id) by \(who): \(answer.body)")
                    }
                }
                let scope = row.needs.trimmingCharacters(in: ["`"])
                let other = scope == "namespaces:read" ? "configs:read" : "namespaces:read"
                let without = try await tenon.apiKey(scopes: [other], by: owner)
                let answer = try await Self.ask(tenon, entry, without)
                #expect(
                    answer.status == (entry.operation.access == .authenticated ? 200 : 403), "\(entry.operation.id)")
                guard entry.operation.access != .authenticated else { continue }
                if row.isAllowed["API key"] == true {
                    let with = try await tenon.apiKey(scopes: [scope], by: owner)
                    let answer = try await Self.ask(tenon, entry, with)
                    #expect(answer.status != 401 && answer.status < 500, "\(entry.operation.id): \(answer.body)")
                }
            }
        }
    }

    @Test("what another tenant has is not found")
    func foreign() async throws {
        try await ServedTenon.with { tenon in
            let (tenant, token) = try await tenon.registered("acme")
            let (_, stranger) = try await tenon.registered("other")
            func made(_ path: String, _ body: String, _ member: String = "id") async throws -> String {
                let answer = try await tenon.send("POST", path, token: token, body: body)
                #expect(answer.status == 201, "\(path): \(answer.body)")
                return try #require(answer.json[member]?.stringValue)
            }
            let namespace = try await made("/v1/namespaces", #"{"name":"production"}"#)
            _ = try await made("/v1/namespaces/\(namespace)/configs", #"{"key":"k","value":"v","value_type":"string"}"#)
            let sessions = try await tenon.send("GET", "/v1/auth/sessions", token: token)
            let captures = [
                "namespace_id": namespace, "key": "k", "version": "1", "tenant_id": tenant.description,
                "user_id": try await made("/v1/users", #"{"email":"bob@acme.com"}"#),
                "session_id": try #require(sessions.json["items"]?.arrayValue?.first?["id"]?.stringValue),
                "role": try await made("/v1/roles", #"{"name":"auditor","permissions":["audit:read"]}"#, "name"),
                "policy_id": try await made(
                    "/v1/policies", #"{"name":"readers","rules":"p, role:viewer, policies, read, allow"}"#),
                "key_id": try await made("/v1/auth/api-keys", #"{"name":"k","scopes":["configs:read"]}"#),
                "connection_id": try await made(
                    "/v1/sso-connections",
                    #"{"name":"company","preset":"keycloak","issuer":"https://id.example.com/realms/main","client_id":"t","client_secret":"s","domains":["example.com"]}"#
                ),
            ]
            var asked = 0
            for entry in guarded(tenon) where entry.operation.path.text.contains("{") {
                if case .platform = entry.operation.access { continue }
                let path = Self.path(entry.operation, captures)
                let answer = try await Self.ask(tenon, entry, stranger, at: path)
                #expect(answer.status == 404, "\(entry.operation.id): \(answer.body)")
                asked += 1
            }
            #expect(asked > 30)
        }
    }
}

extension ServedTenon {
    /// A tenant that somebody registered, and its owner's token.
    func registered(_ name: String) async throws -> (tenant: TenantID, token: String) {
        let made = try await send(
            "POST", "/v1/auth/register",
            body: #"{"name":"\#(name)","email":"a@\#(name).com","password":"SecurePass123!"}"#)
        let tenant = try #require(made.json["tenant"]?["id"]?.stringValue.flatMap { TenantID($0) })
        return (tenant, try #require(made.json["access_token"]?.stringValue))
    }

    /// A token of a new, stored user of the tenant.
    func user(of tenant: TenantID, _ roles: Set<Role>) async throws -> String {
        let now = SystemClock().now()
        let id: UserID = ids.next()
        let user = User.register(
            id: id, tenant: tenant, email: try EmailAddress("\(id)@example.com"), passwordHash: nil, roles: roles,
            at: now
        ).0
        try await memory.write(in: tenant, as: Caller(.system(job: "tests", tenant: tenant), from: .test)) {
            work throws(Failure) in try await work.users.add(user)
        }
        return try signer.sign(
            AccessClaims(
                subject: id, tenant: tenant, session: ids.next(), roles: roles, userVersion: 1, issuedAt: now,
                expiresAt: now + .seconds(600)))
    }

    func apiKey(scopes: [String], by token: String) async throws -> String {
        let list = scopes.map { "\"\($0)\"" }.joined(separator: ",")
        let made = try await send(
            "POST", "/v1/auth/api-keys", token: token, body: #"{"name":"k","scopes":[\#(list)]}"#)
        return try #require(made.json["key"]?.stringValue, "\(made.body)")
    }
}
