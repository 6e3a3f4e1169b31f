import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Nanoseconds that stand still.
private final class StandingTime: Sendable {
    let now = Mutex<Int64>(0)
}

@Suite struct RateLimitTests {
    private let ticks = StandingTime()

    private func limiter(_ limits: RateLimits) -> RateLimiter {
        let now = { @Sendable [ticks] in ticks.now.withLock { $0 } }
        return RateLimiter(limits: limits, ledger: MemoryRateLedger(now: now), now: now)
    }

    @Test("every answer to somebody who is known says what is left, and what is over the limit is 429")
    func fields() async throws {
        let ticks = ticks
        try await ServedTenon.with(limiter: limiter(RateLimits(perTenant: 4))) { tenon in
            let tenant: TenantID = tenon.ids.next()
            let (viewer, stranger) = (try tenon.token([.viewer], tenant: tenant), try tenon.token([.viewer]))
            let policy = "\"user\";q=60;w=60, \"tenant\";q=4;w=60"
            for (method, path, status, rate) in [
                ("GET", "/api/v1/namespaces", 200, "\"user\";r=59;t=1, \"tenant\";r=3;t=15"),
                // Refused by its role, by its query, and not found.
                ("POST", "/api/v1/namespaces", 403, "\"user\";r=58;t=2, \"tenant\";r=2;t=30"),
                ("GET", "/api/v1/namespaces?x=1", 422, "\"user\";r=57;t=3, \"tenant\";r=1;t=45"),
                ("GET", "/api/v1/namespaces/x", 404, "\"user\";r=56;t=4, \"tenant\";r=0;t=60"),
            ] {
                let answer = try await tenon.send(method, path, token: viewer, body: method == "POST" ? "{}" : nil)
                #expect(answer.status == status && answer.headers["ratelimit-policy"] == policy)
                #expect(answer.headers["ratelimit"] == rate)
            }
            let refused = try await tenon.send("GET", "/api/v1/namespaces", token: viewer)
            #expect(refused.status == 429 && refused.code == "rate_limited")
            #expect(refused.headers["ratelimit-policy"] == policy)
            #expect(refused.headers["ratelimit"] == "\"user\";r=56;t=4, \"tenant\";r=0;t=15")
            let wait = try #require(refused.headers["retry-after"].flatMap { Int($0) })
            #expect((15...19).contains(wait))
            #expect(refused.json["type"] == "https://iana.org/assignments/http-problem-types#quota-exceeded")
            #expect(refused.json["violated-policies"] == ["tenant"])
            #expect(try await tenon.send("GET", "/api/v1/namespaces", token: stranger).status == 200)
            ticks.now.withLock { $0 += 15_000_000_000 }
            #expect(try await tenon.send("GET", "/api/v1/namespaces", token: viewer).status == 200)
        }
    }

    @Test("whoever has not signed in is limited by the address, documents too; health and metrics are not")
    func addresses() async throws {
        try await ServedTenon.with(limiter: limiter(RateLimits(perAddress: 2))) { tenon in
            func login() async throws -> ServedTenon.Answer {
                try await tenon.send("POST", "/api/v1/auth/refresh", body: #"{"refresh_token":"x"}"#)
            }
            for _ in 0..<2 {
                let answer = try await login()
                #expect(answer.status == 401 && answer.headers["ratelimit"] == nil)
            }
            let refused = try await login()
            #expect(refused.status == 429 && refused.headers["ratelimit"] == "\"address\";r=0;t=30")
            #expect(refused.json["violated-policies"] == ["address"])
            for path in ["/openapi.json", "/docs", "/docs/assets/swagger-init.js", "/problems/rate_limited"] {
                #expect(try await tenon.send("GET", path).status == 429, "\(path)")
            }
            for path in ["/health", "/health/ready", "/metrics"] {
                #expect(try await tenon.send("GET", path).status == 200, "\(path)")
            }
        }
    }

    @Test("an address that brings false credentials over and over is not listened to for a while")
    func falseCredentials() async throws {
        let ticks = ticks
        try await ServedTenon.with(limiter: limiter(RateLimits(perAddress: 3))) { tenon in
            let good = try tenon.token([.viewer])
            func status(_ token: String?) async throws -> Int {
                try await tenon.send("GET", "/api/v1/namespaces", token: token).status
            }
            // Neither what was let in nor what brought nothing counts.
            for _ in 0..<5 {
                #expect(try await status(good) == 200)
                #expect(try await status(nil) == 401)
            }
            let unknown = APIKeyText.random(by: SystemRandomness()).secret.revealedText()
            for token in ["garbage", "tnk_garbage", unknown] { #expect(try await status(token) == 401) }
            let refused = try await tenon.send("GET", "/api/v1/namespaces", token: "garbage")
            #expect(refused.status == 429 && refused.json["violated-policies"] == ["address"])
            #expect(refused.headers["ratelimit"] == "\"address\";r=0;t=20" && refused.headers["retry-after"] != nil)
            #expect(try await status(good) == 429)
            let signature = [
                #"Signature-Input: a=("@method");created=1;keyid="x""#, "Signature: a=:AAAA:",
            ]
            #expect(try await tenon.send("GET", "/api/v1/namespaces", headers: signature).status == 429)
            // What asks for no credentials has an account of its own.
            #expect(
                try await tenon.send("POST", "/api/v1/auth/refresh", body: #"{"refresh_token":"x"}"#).status == 401)
            ticks.now.withLock { $0 += 20_000_000_000 }
            #expect(try await status(good) == 200)
            #expect(try await tenon.send("GET", "/api/v1/namespaces", headers: signature).status == 401)
            #expect(try await status(good) == 429)
        }
    }
}
