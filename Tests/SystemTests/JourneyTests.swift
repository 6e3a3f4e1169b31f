import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite(.serialized) struct JourneyTests {
    /// Registers, signs in and makes a namespace, as seed 000 does; answers the token and the namespace's id.
    private func begin(_ tenon: TenonProcess) async throws -> (token: String, namespace: String) {
        let registered = try await tenon.post(
            "/api/v1/auth/register",
            ["name": "mycompany", "email": "admin@mycompany.com", "password": "SecurePassword123"])
        #expect(registered.status == 201)
        let signedIn = try await tenon.post(
            "/api/v1/auth/login", ["email": "admin@mycompany.com", "password": "SecurePassword123"])
        let token = try #require(signedIn.json["access_token"]?.stringValue)
        let namespace = try await tenon.post(
            "/api/v1/namespaces", ["name": "production", "description": "Production environment configurations"],
            token: token)
        return (token, try #require(namespace.json["id"]?.stringValue))
    }

    private func store(
        _ tenon: TenonProcess, _ key: String, _ value: JSONValue, in namespace: String, _ token: String,
        isSecret: Bool = false
    ) async throws -> TenonProcess.Answer {
        try await tenon.post(
            "/api/v1/namespaces/\(namespace)/configs",
            ["key": .string(key), "value": value, "value_type": "string", "is_secret": .bool(isSecret)], token: token)
    }

    @Test("seed 000's five steps work on the private PostgreSQL, and what is stored is ciphertext")
    func seed000() async throws {
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--data-dir", folder])
            let (token, namespace) = try await begin(tenon)
            let plaintext = "postgresql://localhost:5432/mydb"
            let stored = try await store(
                tenon, "database_url", .string(plaintext), in: namespace, token, isSecret: true)
            #expect(stored.status == 201)
            #expect(stored.json["value"] == .null)
            let read = try await tenon.get("/api/v1/namespaces/\(namespace)/configs/database_url", token: token)
            #expect(read.json["value"] == .string(plaintext))

            let cluster = try JSONParser.parse(String(contentsOfFile: "\(folder)/cluster.json", encoding: .utf8))
            let socket = try #require(cluster["socket_folder"]?.stringValue)
            let dump = try dump(socket)
            #expect(dump.contains("COPY tenon.config_versions"))
            #expect(!dump.contains(plaintext))
            #expect(!tenon.log.contains(plaintext))
            #expect(await tenon.end() == 0)
            #expect(!FileManager.default.fileExists(atPath: socket))
        }
    }

    private func dump(_ socket: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/pg_dump")
        process.arguments = ["-h", socket, "-U", "tenon", "tenon"]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return text
    }

    @Test(
        "every acknowledged value is there after kill -9 in the middle of writes",
        arguments: ["the service", "PostgreSQL"])
    func crash(of victim: String) async throws {
        try await withTemporaryFolder { folder in
            var tenon = try await TenonProcess.serve(["--data-dir", folder])
            let (token, namespace) = try await begin(tenon)
            let cluster = try JSONParser.parse(String(contentsOfFile: "\(folder)/cluster.json", encoding: .utf8))
            let postmaster = Int32(try #require(cluster["postmaster_process"]?.numberValue?.int64))
            let served = tenon
            let (acknowledgements, acknowledge) = AsyncStream.makeStream(of: Void.self)
            let acknowledged = await withTaskGroup(of: [String].self) { group in
                for writer in 0..<4 {
                    group.addTask {
                        defer { acknowledge.finish() }
                        var keys: [String] = []
                        for number in 0..<60 {
                            let key = "key_\(writer)_\(number)"
                            let answer = try? await store(served, key, .string(key), in: namespace, token)
                            guard answer?.status == 201 else { continue }
                            keys.append(key)
                            acknowledge.yield()
                        }
                        return keys
                    }
                }
                group.addTask {
                    for await _ in acknowledgements.prefix(10) {}
                    if victim == "PostgreSQL" { kill(postmaster, SIGKILL) } else { served.kill(SIGKILL) }
                    return []
                }
                return await group.reduce(into: []) { $0 += $1 }
            }
            if victim == "the service" {
                _ = await tenon.end(SIGKILL)
                tenon = try await TenonProcess.serve(["--data-dir", folder])
            } else {
                try await until("the recovery") { try await tenon.get("/health/ready").status == 200 }
            }
            #expect(!acknowledged.isEmpty)
            for key in acknowledged {
                let read = try await tenon.get("/api/v1/namespaces/\(namespace)/configs/\(key)", token: token)
                #expect(read.json["value"] == .string(key), "\(key) was acknowledged: \(read.json)")
            }
            let again = try await store(tenon, "afterwards", "x", in: namespace, token)
            #expect(again.status == 201)
            #expect(await tenon.end() == 0)
        }
    }

    @Test("a second serve on the same folder ends with one clear line")
    func secondServe() async throws {
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--data-dir", folder])
            let second = try TenonProcess.run(
                ["serve", "--port", "0", "--data-dir", folder], ["LOG_LEVEL": "critical"])
            #expect(second.status == 1)
            #expect(second.output.contains("Another tenon (process"))
            #expect(second.output.split(separator: "\n").count == 1)
            #expect(await tenon.end() == 0)
        }
    }

    @Test("a key that cannot open the data refuses to start, names the variable and shows no key")
    func wrongKey() async throws {
        try await withTemporaryFolder { folder in
            let right = (0..<32).map { String($0 + 16, radix: 16) }.joined()
            let wrong = (0..<32).map { String($0 + 48, radix: 16) }.joined()
            let tenon = try await TenonProcess.serve(["--data-dir", folder], ["ENCRYPTION_KEY": right])
            #expect(await tenon.end() == 0)
            let refused = try TenonProcess.run(
                ["serve", "--port", "0", "--data-dir", folder], ["ENCRYPTION_KEY": wrong, "LOG_LEVEL": "critical"])
            #expect(refused.status == 1)
            #expect(refused.output.contains("ENCRYPTION_KEY cannot open the data"))
            #expect(!refused.output.contains(wrong))
            let missing = try TenonProcess.run(
                ["serve", "--port", "0", "--data-dir", folder], ["ENCRYPTION_KEY_2": wrong, "LOG_LEVEL": "critical"])
            #expect(missing.output.contains("ENCRYPTION_KEY, which is not set"))
        }
    }

    @Test("on SIGTERM the requests in flight finish and the exit code is 0")
    func drain() async throws {
        let tenon = try await TenonProcess.serve(["--in-memory"])
        let body = Pipe()
        async let registered = tenon.post("/api/v1/auth/register", from: body)
        let blanks = String(repeating: " ", count: 5000)
        body.fileHandleForWriting.write(Data((#"{"name": "late", "email": "a@b.co","# + blanks).utf8))
        try await until("half a body") { try await tenon.metric("tenon_http_memory_bytes") > 0 }
        async let code = tenon.end()
        try await until("the end of listening") { (try? await tenon.get("/health/live")) == nil }
        body.fileHandleForWriting.write(Data(#""password": "SecurePassword123"}"#.utf8))
        try body.fileHandleForWriting.close()
        #expect(try await registered.status == 201)
        #expect(await code == 0)
    }

    @Test(
        "what the commands print is what is committed",
        arguments: [("openapi", "openapi.json"), ("errors", "errors.md"), ("settings", "settings.md")])
    func references(command: String, file: String) throws {
        let committed = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "../../docs/\(file)").standardized
        let printed = try TenonProcess.run([command])
        #expect(try String(contentsOf: committed, encoding: .utf8) == printed.output)
    }
}

@Suite struct SettingTests {
    @Test(
        "a bad setting stops the process with one line that names it",
        arguments: [
            (["TENON_NO_SUCH": "1"], "TENON_NO_SUCH"), (["PORT": "http"], "PORT"), (["PORT": "70000"], "PORT"),
            (["LOG_LEVEL": "loud"], "LOG_LEVEL"), (["LOG_FORMAT": "xml"], "LOG_FORMAT"),
            (["ENVIRONMENT": "moon"], "ENVIRONMENT"), (["TENON_MIGRATE_ON_START": "perhaps"], "TENON_MIGRATE_ON_START"),
            (["TENON_PASSWORD_MIN_LENGTH": "4"], "TENON_PASSWORD_MIN_LENGTH"),
            (["TENON_DEFAULT_PLAN": "gold"], "TENON_DEFAULT_PLAN"), (["ENVIRONMENT": "prod"], "TLS_CERTIFICATE"),
            (["ENVIRONMENT": "prod", "TRUSTED_PROXIES": "10.0.0.0/8"], "ENCRYPTION_KEY"),
            (["SECRET_KEY": "short"], "SECRET_KEY"), (["TLS_KEY": "/key.pem"], "TLS_CERTIFICATE"),
            (["TRUSTED_PROXIES": "10.0.0.1/8"], "TRUSTED_PROXIES"), (["ALLOWED_HOSTS": "a b"], "ALLOWED_HOSTS"),
            (["CORS_ALLOWED_ORIGINS": "https://Example.com/"], "CORS_ALLOWED_ORIGINS"),
            (["TENON_REDIRECT_PORT": "8080"], "TENON_REDIRECT_PORT"),
        ] as [([String: String], String)])
    func bad(environment: [String: String], name: String) throws {
        let refused = try TenonProcess.run(["serve", "--in-memory", "--port", "0"], environment)
        #expect(refused.status == 1)
        #expect(refused.output.hasPrefix("tenon: \(name): "))
        #expect(refused.output.split(separator: "\n").count == 1)
    }

    @Test("a bad key or URL is named and not shown", arguments: ["ENCRYPTION_KEY", "DATABASE_URL"])
    func secret(name: String) throws {
        let refused = try TenonProcess.run(
            ["serve", "--port", "0"], [name: "hunter2hunter2:/@", "TENON_DATA_DIR": "/nonexistent/tenon"])
        #expect(refused.status == 1)
        #expect(!refused.output.contains("hunter2"))
        #expect(refused.output.hasPrefix("tenon: \(name): "))
    }
}
