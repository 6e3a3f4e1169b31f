import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The programs that the documentation shows do what it says.
@Suite(.serialized) struct DocumentedProgramTests {
    /// The first block of a language in a page behind a text.
    private func block(_ language: String, of page: String, behind text: String) throws -> String {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appending(path: "../../docs/\(page)")
        let whole = try String(contentsOf: file.standardized, encoding: .utf8)
        let rest = try #require(whole.ranges(of: text).first.map { whole[$0.upperBound...] })
        let parts = rest.components(separatedBy: "```\(language)\n")
        return try #require(parts.dropFirst().first).components(separatedBy: "```")[0]
    }

    /// A service with a tenant, and its owner's token.
    private func withOwner(
        _ body: (_ tenon: TenonProcess, _ token: String, _ folder: String) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--in-memory"])
            let registered = try await tenon.post(
                "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
            try await body(tenon, try #require(registered.json["access_token"]?.stringValue), folder)
            #expect(await tenon.end() == 0)
        }
    }

    private func key(
        _ tenon: TenonProcess, _ token: String, scope: String, signing: JSONValue
    ) async throws -> (id: String, secret: String) {
        let made = try await tenon.post(
            "/api/v1/auth/api-keys",
            ["name": "billing", "scopes": [.string(scope)], "signing": signing, "requires_signature": true],
            token: token)
        #expect(made.status == 201, "\(made.json)")
        return (try #require(made.json["id"]?.stringValue), made.json["signing_secret"]?.stringValue ?? "")
    }

    @Test("the verifier of exports in docs/audit.md passes a whole one, and no other")
    func auditVerifier() async throws {
        try await withOwner { tenon, token, folder in
            for number in 0..<3 {
                let made = try await tenon.post(
                    "/api/v1/namespaces", ["name": .string("n\(number)"), "description": "ünï\"code\" 😀"], token: token)
                #expect(made.status == 201)
            }
            let program = try block("python", of: "audit.md", behind: "## ")
            try program.write(toFile: "\(folder)/verify.py", atomically: true, encoding: .utf8)
            let environment = ["TENON_SERVER": "http://127.0.0.1:\(tenon.port)", "TENON_TOKEN": token]
            // Records become links once a second.
            try await until("a whole export") {
                let exported = try await ShellCommand.run("tenon audit export > log", environment, in: folder)
                let log = try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
                return exported.status == 0 && log.components(separatedBy: "namespace_created").count > 3
            }
            let verified = try await ShellCommand.run("python3 verify.py log", in: folder)
            let records =
                try String(contentsOfFile: "\(folder)/log", encoding: .utf8)
                .components(separatedBy: #""type":"record""#).count - 1
            #expect(verified.output == "\(records) records hold\n", "\(verified.errors)")
            for change in ["2d", "s/namespace_created/namespace_deleted/"] {
                let changed = try await ShellCommand.run(
                    "sed '\(change)' log > changed && python3 verify.py changed", in: folder)
                #expect(changed.status != 0 && changed.errors.contains("not whole at"), "\(change): \(changed.errors)")
            }
        }
    }

    @Test("the client in Python that docs/api-keys.md shows signs what is accepted")
    func python() async throws {
        try await withOwner { tenon, token, folder in
            let program = try block("python", of: "api-keys.md", behind: "In Python")
            try program.write(toFile: "\(folder)/client.py", atomically: true, encoding: .utf8)
            let (id, secret) = try await key(
                tenon, token, scope: "namespaces:write", signing: ["algorithm": "hmac-sha256"])
            let environment = ["URL": "http://127.0.0.1:\(tenon.port)", "KEY_ID": id, "SECRET": secret]
            let done = try await ShellCommand.run("python3 client.py", environment, in: folder)
            #expect(done.output.contains("\"name\":\"from-python\""), "\(done.errors)")
        }
    }

    @Test("the commands of a shell that docs/api-keys.md shows make a key and sign with it")
    func shell() async throws {
        try await withOwner { tenon, token, folder in
            let parts = try block("bash", of: "api-keys.md", behind: "In a shell").components(separatedBy: "\n\n")
            #expect(parts.count == 2)
            let made = try await ShellCommand.run(parts[0], in: folder)
            let publicKey = made.output.trimmingCharacters(in: .whitespacesAndNewlines)
            let (id, _) = try await key(
                tenon, token, scope: "namespaces:read",
                signing: ["algorithm": "ed25519", "public_key": .string(publicKey)])
            let environment = ["URL": "http://127.0.0.1:\(tenon.port)", "KEY_ID": id]
            let done = try await ShellCommand.run(parts[1], environment, in: folder)
            #expect(done.output.hasPrefix("{\"items\":"), "\(done.output) \(done.errors)")
        }
    }
}
