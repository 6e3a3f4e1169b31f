import Foundation
import Synchronization
import TenonDomain
import TenonKit
import Testing

@testable import TenonClient

@Suite struct StoredSessionTests {
    /// Hands out `access-1`, `access-2` and so on; a refresh token serves once, and one that comes twice ends the session.
    private final class Tokens: Sendable {
        private let state = Mutex((number: 0, isEnded: false))
        let file: CredentialsFile

        init(_ file: CredentialsFile) { self.file = file }

        var number: Int { state.withLock { $0.number } }

        func answer(_ request: FakeServer.Request) -> FakeServer.Reply {
            switch request.target {
            case "/api/v1/auth/login": return next { _ in true }
            case "/api/v1/auth/refresh":
                return next { request.json["refresh_token"] == .string("refresh-\($0)") }
            default:
                let (number, isEnded) = state.withLock { $0 }
                guard !isEnded, request.fields["authorization"] == "Bearer access-\(number)" else {
                    return .problem(401, "not_authenticated", "No.")
                }
                // A process that ends now must not have lost the session.
                let stored = (try? String(contentsOfFile: file.path, encoding: .utf8)) ?? ""
                return .json(["is_stored": .bool(stored.contains("refresh-\(number)"))])
            }
        }

        /// As an operator does.
        func revoke() { state.withLock { $0.number += 1 } }

        private func next(_ isAllowed: (Int) -> Bool) -> FakeServer.Reply {
            let number: Int? = state.withLock { state in
                guard isAllowed(state.number), !state.isEnded else {
                    state.isEnded = true
                    return nil
                }
                state.number += 1
                return state.number
            }
            guard let number else { return .problem(401, "invalid_refresh_token", "It was used.") }
            return .json([
                "access_token": .string("access-\(number)"), "refresh_token": .string("refresh-\(number)"),
                "expires_in": 600,
            ])
        }
    }

    /// Signed in, at a time that the test moves.
    private func signedIn(
        _ body: (APIClient, Tokens, FakeServer, MovableClock) async throws -> Void
    ) async throws {
        try await withTemporaryFolder { folder in
            let tokens = Tokens(CredentialsFile(path: folder + "/credentials.json"))
            let server = try FakeServer { tokens.answer($0) }
            try await server.withTransport { transport in
                let clock = MovableClock()
                let session = StoredSession(in: tokens.file, over: transport, now: { clock.time.withLock { $0 } })
                try await session.signIn(email: "a@b.co", password: Secret("hunter2"), tenant: nil)
                try await body(APIClient(over: transport, as: .session(session)), tokens, server, clock)
            }
        }
    }

    private final class MovableClock: Sendable {
        let time = Mutex(Timestamp(millisecondsSince1970: 1_800_000_000_000))
    }

    @Test("A token that has expired is refreshed once for all who need it, and stored before it is used")
    func race() async throws {
        try await signedIn { client, tokens, server, clock in
            clock.time.withLock { $0 = $0 + .seconds(595) }
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<12 {
                    group.addTask {
                        let answer = try? await client.send(APIRequest(.get, "auth", "me")).json()
                        #expect(answer?["is_stored"] == true)
                    }
                }
            }
            #expect(tokens.number == 2)
            #expect(server.requests.filter { $0.target.hasSuffix("/refresh") }.count == 1)
        }
    }

    @Test("A token that the server no longer takes is refreshed, and the request comes again")
    func refused() async throws {
        try await signedIn { client, tokens, server, _ in
            // Another process refreshed, and this one still has the older token in hand.
            try await tokens.file.update { content throws(Failure) in
                let old = content.servers[client.server]
                content.servers[client.server] = StoredCredential(
                    email: "a@b.co", access: Secret("stale"), refresh: old?.refresh ?? Secret(""),
                    expiresAt: Timestamp(millisecondsSince1970: 1_900_000_000_000))
            }
            #expect(try await client.send(APIRequest(.get, "auth", "me")).json()["is_stored"] == true)
            #expect(
                server.requests.map(\.target) == [
                    "/api/v1/auth/login", "/api/v1/auth/me", "/api/v1/auth/refresh", "/api/v1/auth/me",
                ])
        }
    }

    @Test("A session that has ended, or was never begun, says how to sign in")
    func ended() async throws {
        try await signedIn { client, tokens, _, clock in
            tokens.revoke()
            clock.time.withLock { $0 = $0 + .seconds(700) }
            let ended = await failure { _ = try await client.send(APIRequest(.get, "auth", "me")) }
            #expect(ended?.code == .notSignedIn)
            #expect(ended?.detail.contains("tenon login --server \(client.server)") == true)
        }
        try await withTemporaryFolder { folder in
            let server = try FakeServer { _ in .json([]) }
            try await server.withTransport { transport in
                let session = StoredSession(
                    in: CredentialsFile(path: folder + "/none/credentials.json"), over: transport)
                let client = APIClient(over: transport, as: .session(session))
                let refusal = await failure { _ = try await client.send(APIRequest(.get, "auth", "me")) }
                #expect(refusal?.code == .notSignedIn)
                #expect(server.requests.isEmpty)
                let wasSignedIn = try await session.forget()
                #expect(!wasSignedIn)
            }
        }
    }
}
