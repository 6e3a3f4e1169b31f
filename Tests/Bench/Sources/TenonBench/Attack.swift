internal import Foundation

/// One way to take the service from the others.
struct Attack: Sendable {
    /// Ends it, and tells what it did.
    typealias Stop = () -> String

    let name: String
    /// At one time.
    let clients: Int
    var isSecure = false
    /// Makes what the attacking tenant needs; what it answers begins the attack.
    let prepare: @Sendable (Served, Session, _ folder: String) throws -> () throws -> Stop

    static let all = [
        documents, unreadExports, references, joinedTexts, costlyRules, costlyPatterns, compiledPolicies, bodies,
        silentIssuer, oneNamespace, abortedPages, lockedTable,
    ]

    /// Clients that all do the same.
    private static func crowd(
        _ name: String, _ clients: Int, _ behaviour: Attackers.Behaviour,
        _ prepare: @escaping @Sendable (Served, Session, String) throws -> [UInt8]
    ) -> Attack {
        Attack(name: name, clients: clients) { tenon, session, folder in
            let request = try prepare(tenon, session, folder)
            return {
                let attackers = Attackers(tenon, count: clients, behaviour, request)
                return {
                    attackers.stop()
                    return attackers.summary
                }
            }
        }
    }

    // MARK: Memory

    private static let documents = Attack(
        name: "HTTP/2 clients without a window ask for a document, not signed in", clients: 60, isSecure: true
    ) { tenon, _, _ in
        {
            let flood = Process()
            flood.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            flood.arguments = [
                "h2load", "-c", "60", "-m", "100", "-n", "6000", "-w", "0", "\(tenon.address)/openapi.json",
            ]
            flood.standardOutput = FileHandle.nullDevice
            try Shell.withOpenSignalMask { try flood.run() }
            return {
                flood.terminate()
                flood.waitUntilExit()
                return "6000 requests"
            }
        }
    }

    private static let unreadExports = crowd("clients do not read a large export", 200, .holds) {
        tenon, session, folder in
        let value = String(repeating: "0123456789", count: 1_900)
        try importing((0..<1_000).map { ("key_\($0)", value) }, tenon, session, folder)
        return request("GET", "/api/v1/namespaces/\(session.namespace)/export", token: session.token)
    }

    private static let references = crowd("values that refer to a hundred others each, five deep", 2, .repeats) {
        tenon, session, _ in
        for level in (0..<5).reversed() {
            let value = level == 4 ? "end" : String(repeating: "${config:level_\(level + 1)}", count: 100)
            try create("level_\(level)", value, tenon, session)
        }
        return request(
            "GET", "/api/v1/namespaces/\(session.namespace)/configs/level_0?resolve=true", token: session.token)
    }

    private static let bodies = crowd("large bodies under made-up API keys", 16, .holds) { _, session, _ in
        request(
            "POST", "/api/v1/namespaces/\(session.namespace)/import",
            key: "tnk_\(String(repeating: "a", count: 43))", body: String(repeating: " ", count: 31 << 20),
            length: 32 << 20)
    }

    // MARK: Work

    private static let joinedTexts = crowd("a question of 1 MB that twenty rules join", 2, .repeats) {
        tenon, session, _ in
        let model = """
            [request_definition]\\nr = sub\\n[policy_definition]\\np = sub\\n[policy_effect]\\n\
            e = some(where (p.eft == allow))\\n[matchers]\\n\
            m = \(Array(repeating: "r.sub", count: 100).joined(separator: "+")) == p.sub
            """
        let rules = (0..<20).map { "p, rule_\($0)" }.joined(separator: "\\n")
        let made = try Session.post(
            tenon, "/policies", #"{"name":"join","rules":"\#(rules)","model":"\#(model)"}"#, session.token)
        guard let id = made["id"] as? String else { throw Shell.Failed(description: "no policy: \(made)") }
        return request(
            "POST", "/api/v1/policies/check", token: session.token,
            body: #"{"policy_id":"\#(id)","values":["\#(String(repeating: "a", count: 1_000_000))"]}"#)
    }

    private static let costlyRules = crowd("lists under 640 costly rules", 6, .repeats) { tenon, session, folder in
        try importing((0..<200).map { ("key_\($0)", "value") }, tenon, session, folder)
        let rules = (0..<640).map { rule in
            #"p, role:viewer, configs, read, deny, \"globMatch(r.res.key, '*a*b*c*d*e*\#(rule)')\""#
        }
        try policy("costly", rules, tenon, session)
        return request(
            "GET", "/api/v1/namespaces/\(session.namespace)/configs?limit=200", token: try viewer(tenon, session))
    }

    private static let costlyPatterns = crowd("imports of 300 values under costly patterns", 2, .repeats) {
        tenon, session, folder in
        let operations = (0..<300).map { key in
            """
            {"op":"put","key":"key_\(key)","value":"a","value_type":"string",\
            "validation_schema":{"pattern":"^(a{0,60}b?){0,60}$"}}
            """
        }
        let file = "\(folder)/batch.json"
        try #"{"operations":[\#(operations.joined(separator: ","))]}"#
            .write(toFile: file, atomically: true, encoding: .utf8)
        try send(file, to: "/namespaces/\(session.namespace)/configs:batch", tenon, session)
        let value = String(repeating: "a", count: 1_500)
        let entries = (0..<300).map { #""key_\#($0)":"\#(value)""# }
        return request(
            "POST", "/api/v1/namespaces/\(session.namespace)/import?dry_run=true", token: session.token,
            body: "{\(entries.joined(separator: ","))}")
    }

    private static let compiledPolicies = crowd(
        "a tenant with 10,000 rules changes a role again and again", 4, .repeats
    ) {
        tenon, session, _ in
        for part in 0..<10 {
            let rules = (0..<990).map { rule in
                #"p, user:usr_\#(part)_\#(rule), configs, read, allow, \"r.res.key == 'k\#(part)_\#(rule)'\""#
            }
            try policy("part \(part)", rules, tenon, session)
        }
        _ = try Session.post(tenon, "/roles", #"{"name":"changing","permissions":["configs:read"]}"#, session.token)
        return request(
            "PATCH", "/api/v1/roles/changing", token: session.token, type: "application/merge-patch+json",
            body: #"{"permissions":["configs:read","configs:write"]}"#)
    }

    // MARK: Waiting

    private static let silentIssuer = Attack(name: "logins over an identity provider that says nothing", clients: 25) {
        tenon, session, _ in
        let silent = try SilentServer()
        let made = try Session.post(
            tenon, "/sso-connections",
            #"{"name":"silent","preset":"keycloak","issuer":"http://127.0.0.1:\#(silent.port)","client_id":"a","#
                + #""domains":["example.com"],"default_roles":["member"]}"#, session.token)
        guard let id = made["id"] as? String else { throw Shell.Failed(description: "no connection: \(made)") }
        return {
            let attackers = Attackers(
                tenon, count: 25, .repeats, request("GET", "/api/v1/auth/sso/\(id)/login"))
            return {
                attackers.stop()
                silent.close()
                return attackers.summary
            }
        }
    }

    private static let oneNamespace = crowd("imports into one namespace", 18, .repeats) { _, session, _ in
        let entries = (0..<2_000).map { #""key_\#($0)":"value \#($0)""# }
        return request(
            "POST", "/api/v1/namespaces/\(session.namespace)/import", token: session.token,
            body: "{\(entries.joined(separator: ","))}")
    }

    private static let abortedPages = crowd("pages of 200 items whose clients go away", 16, .aborts(after: 5)) {
        tenon, session, folder in
        let value = String(repeating: "0123456789", count: 200)
        try importing((0..<1_000).map { ("key_\($0)", value) }, tenon, session, folder)
        return request("GET", "/api/v1/namespaces/\(session.namespace)/configs?limit=200", token: session.token)
    }

    private static let lockedTable = Attack(name: "one table is locked, and three clients read it", clients: 3) {
        tenon, session, folder in
        let socket = try tenon.socketFolder(folder)
        return {
            let lock = Process()
            lock.executableURL = URL(fileURLWithPath: "/usr/bin/env")
            lock.arguments = [
                "psql", "-X", "-q", "-d", Psql(socket: socket).connection, "-c",
                "BEGIN; LOCK TABLE tenon.roles IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(600)",
            ]
            lock.standardOutput = FileHandle.nullDevice
            lock.standardError = FileHandle.nullDevice
            try Shell.withOpenSignalMask { try lock.run() }
            let attackers = Attackers(
                tenon, count: 3, .repeats, request("GET", "/api/v1/roles", token: session.token))
            return {
                attackers.stop()
                lock.terminate()
                lock.waitUntilExit()
                return attackers.summary
            }
        }
    }
}
