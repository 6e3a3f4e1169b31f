import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// `tenon admin` on the database of a service that runs.
@Suite(.serialized) struct AdminCommandTests {
    @Test("a token of tenon admin reset-password chooses a password once, and names its tenant where there are two")
    func resetPassword() async throws {
        try await withTemporaryFolder { folder in
            let server = try await PostgresServer.start(isDurable: false)
            let environment = TenonProcess.environment(on: server)
            let tenon = try await TenonProcess.serve([], environment)
            for name in ["acme", "globex"] {
                let made = try await tenon.post(
                    "/api/v1/auth/register",
                    ["name": .string(name), "email": "ann@example.com", "password": .string(ShellCommand.password)])
                #expect(made.status == 201)
            }
            let unclear = try await ShellCommand.run(
                "tenon admin reset-password --email ann@example.com", environment, in: folder)
            #expect(unclear.status != 0 && unclear.errors.contains("name one"), "\(unclear.errors)")
            let done = try await ShellCommand.run(
                "tenon admin reset-password --email ann@example.com --tenant globex", environment, in: folder)
            #expect(done.status == 0, "\(done.errors)")
            let token = try #require(done.output.firstMatch(of: /"token": "(tnp_[^"]+)"/)?.1)
            let body: JSONValue = ["token": .string(String(token)), "new_password": "vier vögel fliegen"]
            for status in [204, 422] {
                let answer = try await tenon.post("/api/v1/users/password-reset/confirm", body)
                #expect(answer.status == status)
            }
            for (name, password, status) in [
                ("globex", "vier vögel fliegen", 200), ("globex", ShellCommand.password, 401),
                ("acme", ShellCommand.password, 200),
            ] {
                let answer = try await tenon.post(
                    "/api/v1/auth/login",
                    ["email": "ann@example.com", "password": .string(password), "tenant": .string(name)])
                #expect(answer.status == status)
            }
            #expect(await tenon.end() == 0)
        }
    }
}
