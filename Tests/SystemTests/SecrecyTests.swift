import Foundation
import TenonDomain
import TenonKit
import Testing

@Suite(.serialized) struct SecrecyTests {
    private let password = "correct-horse-7fQ2"
    private let wrongPassword = "wrong-horse-9xK4"
    private let value = "s3cr3t-value-Zp81"
    private let kek = String(repeating: "0123456789abcdef", count: 4)
    private let signingSecret = "signing-secret-Qw55-0123456789"

    @Test("nothing that a full run writes, to the log or to disk, holds a secret")
    func secrets() async throws {
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(
                ["--data-dir", folder],
                ["ENCRYPTION_KEY": kek, "SECRET_KEY": signingSecret, "LOG_LEVEL": "trace"])
            var needles = [password, wrongPassword, value, kek, signingSecret]
            needles += try await use(tenon)
            #expect(await tenon.end() == 0)
            #expect(tenon.log.contains("createConfig"))
            let leaks = needles.filter { tenon.log.contains($0) }
            #expect(leaks.isEmpty, "the log holds a secret")
            #expect(try files(in: folder, with: needles) == [], "a file holds a secret")
            // The search itself sees what is there.
            #expect(try !files(in: folder, with: ["secrecy@example.com"]).isEmpty)
        }
    }

    /// Everything that handles a secret, in its right and its wrong forms; answers the tokens that were given out.
    private func use(_ tenon: TenonProcess) async throws -> [String] {
        let registered = try await tenon.post(
            "/api/v1/auth/register",
            ["name": "secrecy", "email": "secrecy@example.com", "password": .string(password)])
        #expect(registered.status == 201)
        _ = try await tenon.post(
            "/api/v1/auth/login", ["email": "secrecy@example.com", "password": .string(wrongPassword)])
        let signedIn = try await tenon.post(
            "/api/v1/auth/login", ["email": "secrecy@example.com", "password": .string(password)])
        let access = try #require(signedIn.json["access_token"]?.stringValue)
        let refresh = try #require(signedIn.json["refresh_token"]?.stringValue)
        let next = try await tenon.post("/api/v1/auth/refresh", ["refresh_token": .string(refresh)])
        _ = try await tenon.post("/api/v1/auth/refresh", ["refresh_token": .string(String(refresh.dropLast()) + "A")])
        _ = try await tenon.get("/api/v1/auth/me", token: access + "x")

        let namespace = try await tenon.post("/api/v1/namespaces", ["name": "production"], token: access)
        let id = try #require(namespace.json["id"]?.stringValue)
        let path = "/api/v1/namespaces/\(id)/configs"
        let body: JSONValue = [
            "key": "database_password", "value": .string(value), "value_type": "string", "is_secret": true,
        ]
        let stored = try await tenon.post(path, body, token: access, headers: ["Idempotency-Key: secrecy-1"])
        #expect(stored.status == 201)
        #expect(try await tenon.post(path, body, token: access, headers: ["Idempotency-Key: secrecy-1"]).status == 201)
        let read = try await tenon.get("\(path)/database_password", token: access)
        #expect(read.json["value"] == .string(value))
        // What is refused is not repeated either.
        _ = try await tenon.post(path, text: "{\"key\":\"k\",\"value\":\"\(value)\",}", token: access)
        _ = try await tenon.post(path, ["key": "n", "value": .string(value), "value_type": "number"], token: access)
        _ = try await tenon.get("\(path)?token=\(value)", token: access)
        _ = try await tenon.get("/\(value)")
        return [
            access, refresh, registered.json["access_token"]?.stringValue ?? "",
            registered.json["refresh_token"]?.stringValue ?? "", next.json["access_token"]?.stringValue ?? "",
            next.json["refresh_token"]?.stringValue ?? "",
        ]
    }

    /// The files under a folder that hold one of the texts; the server's own, its log and its write-ahead log included.
    private func files(in folder: String, with texts: [String]) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/grep")
        process.arguments = ["-rlaF"] + texts.flatMap { ["-e", $0] } + [folder]
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus <= 1)
        return output.split(separator: "\n").map(String.init)
    }
}
