import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The service as it is built, its own PostgreSQL behind it, a provider that others have written, and curl as a browser.
@Suite(
    .serialized,
    .enabled(
        if: IdentityProviderProcess.isThere, "deploy/fetch-oidc-provider .build/oidc-provider-mock fetches the provider"
    ))
struct SingleSignOnTests {
    private static let ann =
        #"{"sub":"ann","email":"ann@acme.example","email_verified":true,"name":"Ann","groups":["ops"]}"#

    @Test("a browser signs in twice over a real provider, whose keys change in between, and nothing secret is written")
    func journey() async throws {
        try await withTemporaryFolder { folder in
            let tenon = try await TenonProcess.serve(["--data-dir", folder], ["LOG_LEVEL": "trace"])
            let provider = try await IdentityProviderProcess.start(people: [Self.ann])
            let registered = try await tenon.post(
                "/api/v1/auth/register",
                ["name": "acme", "email": "owner@acme.example", "password": "correct horse battery"])
            let owner = try #require(registered.json["access_token"]?.stringValue)
            let created = try await tenon.post(
                "/api/v1/sso-connections",
                [
                    "name": "company", "issuer": .string(provider.issuer), "client_id": "tenon",
                    "client_secret": "sso-secret-Hq83", "domains": ["acme.example"], "role_mapping": ["ops": "admin"],
                ], token: owner)
            #expect(created.status == 201)
            let login = try #require(created.json["login_path"]?.stringValue)

            let first = try await signIn(at: login, of: tenon, in: folder)
            let me = try await tenon.get("/api/v1/auth/me", token: first)
            #expect(me.json["user"]?["email"] == "ann@acme.example")
            #expect(me.json["user"]?["roles"] == ["admin"])

            try await provider.stop()
            let successor = try await IdentityProviderProcess.start(people: [Self.ann], port: provider.port)
            let second = try await signIn(at: login, of: tenon, in: folder)
            let again = try await tenon.get("/api/v1/auth/me", token: second)
            #expect(again.json["user"]?["id"] == me.json["user"]?["id"])
            try await successor.stop()

            #expect(await tenon.end() == 0)
            for secret in ["sso-secret-Hq83", first, second] { #expect(!tenon.log.contains(secret)) }
        }
    }

    /// The access token at the end of the way.
    private func signIn(at login: String, of tenon: TenonProcess, in folder: String) async throws -> String {
        let base = "http://127.0.0.1:\(tenon.port)"
        let jar = "\(folder)/cookies-\(UUID().uuidString)"
        let away = try await curl("-c \(jar) -o /dev/null -w '%{redirect_url}' '\(base)\(login)'", in: folder)
        let back = try await IdentityProviderProcess.approve(away, as: "ann")
        #expect(back.hasPrefix(base + login.replacing("/login", with: "/callback?")))
        let answer = try JSONParser.parse(try await curl("-b \(jar) '\(back)'", in: folder))
        let replay = try JSONParser.parse(try await curl("-b \(jar) '\(back)'", in: folder))
        #expect(replay["code"] == "sso_state_mismatch")
        return try #require(answer["access_token"]?.stringValue, "\(answer)")
    }

    private func curl(_ arguments: String, in folder: String) async throws -> String {
        try await ShellCommand.run("curl -s -m 20 \(arguments)", in: folder).output
    }
}
