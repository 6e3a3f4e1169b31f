import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// Two `tenon serve` on one PostgreSQL.
@Suite(.serialized) struct TwoProcessTests {
    private struct Pair {
        let server: PostgresServer
        let one: TenonProcess
        let two: TenonProcess
        let token: String
        let path: String
    }

    private func withPair(_ body: (Pair) async throws -> Void) async throws {
        let server = try await PostgresServer.start(isDurable: true)
        let environment = TenonProcess.environment(on: server)
        let one = try await TenonProcess.serve([], environment)
        let two = try await TenonProcess.serve([], environment)
        let registered = try await one.post(
            "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
        let token = try #require(registered.json["access_token"]?.stringValue)
        let namespace = try await one.post("/api/v1/namespaces", ["name": "production"], token: token)
        let path = "/api/v1/namespaces/\(try #require(namespace.json["id"]?.stringValue))"
        try await body(Pair(server: server, one: one, two: two, token: token, path: path))
        #expect(await one.end() == 0)
        #expect(await two.end() == 0)
        try await server.stop()
    }

    private func value(_ number: Int) -> JSONValue { ["value": .integer(Int64(number)), "value_type": "number"] }

    @Test("what one process stores is read from the other, also where that had it in memory")
    func reads() async throws {
        try await withPair { pair in
            let key = "\(pair.path)/configs/key"
            for number in 1...20 {
                let (writer, reader) = number.isMultiple(of: 2) ? (pair.one, pair.two) : (pair.two, pair.one)
                #expect(try await writer.put(key, value(number), token: pair.token).status < 300)
                // Never older in the process that wrote.
                #expect(try await writer.get(key, token: pair.token).json["value"] == .integer(Int64(number)))
                try await until("number \(number)") {
                    try await reader.get(key, token: pair.token).json["value"] == .integer(Int64(number))
                }
            }
            try await until("a read from memory") {
                _ = try await pair.one.get(key, token: pair.token)
                return try await pair.one.metric("tenon_config_cache_hits_total") > 0
            }
        }
    }

    @Test("a policy that one process stores is soon in force in the other")
    func policies() async throws {
        try await withPair { pair in
            let list = "/api/v1/namespaces"
            #expect(try await pair.two.get(list, token: pair.token).status == 200)
            let policy: JSONValue = ["name": "locked", "rules": "p, role:owner, namespaces, read, deny"]
            let made = try await pair.one.post("/api/v1/policies", policy, token: pair.token)
            #expect(made.status == 201)
            #expect(try await pair.one.get(list, token: pair.token).status == 403)
            try await until("the denial") { try await pair.two.get(list, token: pair.token).status == 403 }
        }
    }

    @Test("watchers of both processes see every change once, in order, while PostgreSQL is restarted under them")
    func watchers() async throws {
        try await withTemporaryFolder { folder in
            try await withPair { pair in
                let files = ["\(folder)/one", "\(folder)/two"]
                let watchers = [
                    try pair.one.follow("\(pair.path)/watch?since=1", token: pair.token, into: files[0]),
                    try pair.two.follow("\(pair.path)/watch?since=1", token: pair.token, into: files[1]),
                ]
                let key = "\(pair.path)/configs/key"
                for number in 1...5 {
                    #expect(try await pair.one.put(key, value(number), token: pair.token).status < 300)
                }
                for file in files { try await until("5 events") { ids(file).count == 5 } }
                try await pair.server.restart()
                for number in 6...10 {
                    try await until("a write behind the restart") {
                        try await pair.two.put(key, value(number), token: pair.token).status < 300
                    }
                }
                for file in files {
                    try await until("10 events") { ids(file).count >= 10 }
                    #expect(ids(file) == (2...11).map { "\($0).0" })
                }
                try pair.server.killHard()
                try await pair.server.start()
                try await until("a write behind the crash") {
                    try await pair.one.put(key, value(11), token: pair.token).status < 300
                }
                for file in files {
                    try await until("11 events") { ids(file).count >= 11 }
                    #expect(ids(file) == (2...12).map { "\($0).0" })
                }
                for watcher in watchers {
                    #expect(watcher.isRunning)
                    watcher.terminate()
                }
            }
        }
    }

    @Test(
        "a secret that one process ends is refused by the other, which had it in memory; its successor passes on both")
    func apiKeys() async throws {
        try await withPair { pair in
            let keys = "/api/v1/auth/api-keys"
            let made = try await pair.one.post(
                keys, ["name": "ci", "scopes": ["namespaces:read"]], token: pair.token)
            let first = try #require(made.json["key"]?.stringValue)
            let id = try #require(made.json["id"]?.stringValue)
            for process in [pair.one, pair.two] {
                for _ in 0..<2 { #expect(try await process.get(pair.path, token: first).status == 200) }
            }
            let rotated = try await pair.one.post(
                "\(keys)/\(id)/rotate", ["overlap_seconds": 0], token: pair.token)
            let second = try #require(rotated.json["key"]?.stringValue)
            #expect(try await pair.one.get(pair.path, token: first).status == 401)
            try await until("the refusal") { try await pair.two.get(pair.path, token: first).status == 401 }
            for process in [pair.one, pair.two] {
                #expect(try await process.get(pair.path, token: second).status == 200)
            }
        }
    }

    @Test("32 clients that refresh one session at both processes at once get the same next token, and it goes on")
    func refreshes() async throws {
        try await withPair { pair in
            let login: JSONValue = ["email": "a@acme.com", "password": "SecurePassword123"]
            var token = try #require(
                try await pair.one.post("/api/v1/auth/login", login).json["refresh_token"]?.stringValue)
            for _ in 0..<2 {
                let presented = token
                let answers = try await withThrowingTaskGroup(of: TenonProcess.Answer.self) { group in
                    for number in 0..<32 {
                        let process = number.isMultiple(of: 2) ? pair.one : pair.two
                        group.addTask {
                            try await process.post("/api/v1/auth/refresh", ["refresh_token": .string(presented)])
                        }
                    }
                    return try await group.reduce(into: []) { $0.append($1) }
                }
                #expect(answers.map(\.status) == Array(repeating: 200, count: 32))
                let next = Set(answers.compactMap { $0.json["refresh_token"]?.stringValue })
                #expect(next.count == 1)
                token = try #require(next.first)
                #expect(token != presented)
            }
        }
    }

    /// The ids of the events that a watcher was told so far.
    private func ids(_ file: String) -> [String] {
        let text = (try? String(contentsOfFile: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").filter { $0.hasPrefix("id: ") }.map { String($0.dropFirst(4)) }
    }

}
