import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// `tenon keys` beside a `tenon serve` that goes on serving.
@Suite(.serialized) struct KeyRotationSystemTests {
    private let first = (0..<32).map { String($0 + 16, radix: 16) }.joined()
    private let second = (0..<32).map { String($0 + 48, radix: 16) }.joined()

    /// A served tenant with a namespace.
    private struct Served: Sendable {
        let tenon: TenonProcess
        let token: String
        let refreshToken: String
        let path: String

        init(_ tenon: TenonProcess) async throws {
            self.tenon = tenon
            let registered = try await tenon.post(
                "/api/v1/auth/register",
                ["name": "acme", "email": "admin@acme.com", "password": "SecurePassword123"])
            token = try #require(registered.json["access_token"]?.stringValue)
            refreshToken = try #require(registered.json["refresh_token"]?.stringValue)
            let namespace = try await tenon.post("/api/v1/namespaces", ["name": "production"], token: token)
            path = "/api/v1/namespaces/\(try #require(namespace.json["id"]?.stringValue))/configs"
        }

        private init(_ tenon: TenonProcess, _ other: Served) {
            self.tenon = tenon
            (token, refreshToken, path) = (other.token, other.refreshToken, other.path)
        }

        /// The same tenant at a process that was started anew.
        func at(_ tenon: TenonProcess) -> Served { Served(tenon, self) }

        func store(_ key: String, claim: String? = nil) async throws -> Int {
            try await tenon.post(
                path, ["key": .string(key), "value": .string("value of \(key)"), "value_type": "string"], token: token,
                headers: claim.map { ["Idempotency-Key: \($0)"] } ?? []
            ).status
        }

        func expectValues(_ keys: [String]) async throws {
            for key in keys {
                let read = try await tenon.get("\(path)/\(key)", token: token)
                #expect(read.json["value"] == .string("value of \(key)"), "\(key): \(read.json)")
            }
        }
    }

    private func keys(
        _ arguments: [String], _ environment: [String: String], withErrors: Bool = true
    ) throws -> (status: Int32, output: String) {
        try TenonProcess.run(
            ["keys"] + arguments, environment.merging(["LOG_LEVEL": "critical"]) { $1 }, withErrors: withErrors)
    }

    private func status(_ environment: [String: String]) throws -> JSONValue {
        try JSONParser.parse(try keys(["status", "--json"], environment, withErrors: false).output)
    }

    @Test("a data key that is rotated, killed in the middle and run again, loses no value of the writers beside it")
    func rotateDataKey() async throws {
        try await withTemporaryFolder { folder in
            let environment = ["TENON_DATA_DIR": folder, "ENCRYPTION_KEY": first]
            let served = try await Served(try await TenonProcess.serve([], environment))
            let before = (0..<40).map { "before_\($0)" }
            for key in before { #expect(try await served.store(key, claim: key) == 201) }

            let written = await withTaskGroup(of: [String].self) { group in
                let isOver = Flag()
                for writer in 0..<2 {
                    group.addTask {
                        var keys: [String] = []
                        while !isOver.isSet {
                            let key = "during_\(writer)_\(keys.count)"
                            if (try? await served.store(key)) == 201 { keys.append(key) }
                            // Enough writes for every moment of the rotation, and few enough to read them all.
                            try? await Task.sleep(for: .milliseconds(200))
                        }
                        return keys
                    }
                }
                group.addTask {
                    defer { isOver.set() }
                    await killedInTheMiddle(environment, in: folder)
                    let done = try? keys(["rotate-dek", "acme", "--grace", "10"], environment)
                    #expect(done?.status == 0, "\(done?.output ?? "")")
                    for line in [" values\n", "waiting ", "removed version 1\n"] {
                        #expect(done?.output.contains(line) == true, "\(done?.output ?? "")")
                    }
                    return []
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            #expect(!written.isEmpty)
            #expect(try await served.store("after") == 201)
            let repeated = try await served.store("before_7", claim: "before_7")
            #expect(repeated == 201, "a kept answer was sealed anew as well")
            try await served.expectValues(before + written + ["after"])
            let status = try status(environment)
            #expect(status["tenants_between_versions"] == 0)
            #expect(await served.tenon.end() == 0)
            let again = try await TenonProcess.serve([], environment)
            try await served.at(again).expectValues(["before_0", "after"] + written.suffix(3))
            #expect(await again.end() == 0)
        }
    }

    /// Begins a rotation and kills it as soon as it seals anew, for which there are two versions.
    private func killedInTheMiddle(_ environment: [String: String], in folder: String) async {
        do {
            let told = "\(folder)/told"
            _ = FileManager.default.createFile(atPath: told, contents: nil)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: TenonProcess.binary)
            process.arguments = ["keys", "rotate-dek", "acme"]
            process.environment = environment
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle(forWritingAtPath: told)
            try process.run()
            try await until("progress") { try String(contentsOfFile: told, encoding: .utf8).contains(" values\n") }
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            let left = try status(environment)
            #expect(left["tenants"]?.arrayValue?.first?["versions"] == [1, 2], "\(left)")
        } catch {
            Issue.record(error)
        }
    }

    @Test("after rotate-kek a service starts with the new key alone: values, tokens and cursors of before still work")
    func rotateKEK() async throws {
        try await withTemporaryFolder { folder in
            let old = ["TENON_DATA_DIR": folder, "ENCRYPTION_KEY": first]
            let both = old.merging(["ENCRYPTION_KEY_2": second]) { $1 }
            let new = ["TENON_DATA_DIR": folder, "ENCRYPTION_KEY_2": second]
            let begun = try await TenonProcess.serve([], old)
            var served = try await Served(begun)
            for key in ["a", "b", "c"] { #expect(try await served.store(key) == 201) }
            let page = try await begun.get("\(served.path)?limit=2", token: served.token)
            let cursor = try #require(page.json["next_cursor"]?.stringValue)
            #expect(await begun.end() == 0)

            let serving = try await TenonProcess.serve([], both)
            served = served.at(serving)
            let rotated = try keys(["rotate-kek"], both)
            #expect(rotated.status == 0, "\(rotated.output)")
            #expect(rotated.output.contains("ENCRYPTION_KEY is no longer needed: remove it"), "\(rotated.output)")
            try await served.expectValues(["a", "b", "c"])
            #expect(await serving.end() == 0)

            let refused = try TenonProcess.run(
                ["serve", "--port", "0"], old.merging(["LOG_LEVEL": "critical"]) { $1 })
            #expect(refused.output.contains("ENCRYPTION_KEY_2, which is not set"), "\(refused.output)")
            let after = try await TenonProcess.serve([], new)
            served = served.at(after)
            try await served.expectValues(["a", "b", "c"])
            #expect(try await served.store("d") == 201)
            let next = try await after.get("\(served.path)?limit=2&cursor=\(cursor)", token: served.token)
            #expect(next.status == 200, "\(next.json)")
            let refreshed = try await after.post(
                "/api/v1/auth/refresh", ["refresh_token": .string(served.refreshToken)])
            #expect(refreshed.status == 200)
            let signedIn = try await after.post(
                "/api/v1/auth/login",
                ["email": "admin@acme.com", "password": "SecurePassword123", "tenant": "acme"])
            #expect(signedIn.status == 200)
            #expect(await after.end() == 0)
        }
    }

    @Test("a shredded tenant's values are gone within seconds, with a receipt; other tenants notice nothing")
    func shred() async throws {
        try await withTemporaryFolder { folder in
            let environment = ["TENON_DATA_DIR": folder, "ENCRYPTION_KEY": first]
            let served = try await Served(try await TenonProcess.serve([], environment))
            #expect(try await served.store("a") == 201)
            try await served.expectValues(["a"])
            let unconfirmed = try keys(["shred", "acme", "--yes-destroy", "acne"], environment)
            #expect(unconfirmed.status != 0)
            try await served.expectValues(["a"])

            let done = try keys(["shred", "acme", "--yes-destroy", "acme"], environment, withErrors: false)
            #expect(done.status == 0, "\(done.output)")
            let receipt = try JSONParser.parse(done.output)
            #expect(receipt["receipt"]?["slug"] == "acme")
            let parts = receipt["signed"]?.stringValue?.split(separator: ".") ?? []
            let head = try JSONParser.parse(try #require(parts.first.flatMap { Base64URL.decode($0) }))
            let published = try await served.tenon.get("/.well-known/jwks.json")
            #expect(published.json["keys"]?.arrayValue?.first?["kid"] == head["kid"])
            var read = TenonProcess.Answer(status: 0, json: .null)
            try await until("the end of the value") {
                read = try await served.tenon.get("\(served.path)/a", token: served.token)
                return read.status != 200
            }
            #expect(read.status == 409)
            #expect(read.json["code"] == "tenant_key_destroyed")
            #expect(try await served.store("b") == 409)
            let again = try keys(["shred", "acme", "--yes-destroy", "acme"], environment)
            #expect(again.status != 0)

            let other = try await served.tenon.post(
                "/api/v1/auth/register",
                ["name": "other", "email": "admin@other.com", "password": "SecurePassword123"])
            #expect(other.status == 201)
            #expect(await served.tenon.end() == 0)
        }
    }

    @Test("a published signing key shows in the JWK Set of a service that starts, and is published once")
    func rotateSigning() async throws {
        try await withTemporaryFolder { folder in
            let environment = ["TENON_DATA_DIR": folder, "ENCRYPTION_KEY": first]
            let tenon = try await TenonProcess.serve([], environment)
            let begun = try keys(["rotate-signing"], environment, withErrors: false)
            #expect(begun.output.hasPrefix("published "), "\(begun.output)")
            let again = try keys(["rotate-signing"], environment, withErrors: false)
            #expect(again.output.hasPrefix("run it again at "), "\(again.output)")
            #expect(await tenon.end() == 0)
            let next = try await TenonProcess.serve([], environment)
            let published = try await next.get("/.well-known/jwks.json")
            #expect(published.json["keys"]?.arrayValue?.count == 2)
            #expect(await next.end() == 0)
        }
    }
}

/// Something that happened, told to another task.
private final class Flag: Sendable {
    private let lock = NSLock()
    nonisolated(unsafe) private var value = false

    var isSet: Bool { lock.withLock { value } }
    func set() { lock.withLock { value = true } }
}
