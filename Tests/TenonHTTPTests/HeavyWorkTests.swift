import Foundation
import Synchronization
import TenonDomain
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Holds threads until a test lets them go on.
private final class Latch: Sendable {
    private let condition = NSCondition()
    private let state = Mutex((isOpen: false, begun: [TenantID?]()))

    var begun: [TenantID?] { state.withLock { $0.begun } }

    func note(_ tenant: TenantID?) { state.withLock { $0.begun.append(tenant) } }

    /// Blocks the thread.
    func pass(_ tenant: TenantID?) {
        note(tenant)
        condition.lock()
        while !state.withLock({ $0.isOpen }) { condition.wait() }
        condition.unlock()
    }

    func open() {
        condition.lock()
        state.withLock { $0.isOpen = true }
        condition.broadcast()
        condition.unlock()
    }
}

/// Computes on its thread without an end in sight, for one tenant alone.
private struct ComputeEndpoint: Endpoint {
    static let operation = Operation(
        "compute", .get, "/compute", tag: "Test", summary: "Compute", description: "Computes.", access: .authenticated,
        isHeavy: true)

    let latch: Latch
    let held: TenantID

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        if request.caller.tenant == held { latch.pass(held) }
        return Answer(NoReply())
    }
}

/// Takes more steps than a short request may, and tells how often it was begun.
private struct SpendEndpoint: Endpoint {
    static let operation = Operation(
        "spend", .get, "/spend", tag: "Test", summary: "Spend", description: "Spends steps.", access: .authenticated)

    let latch: Latch

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        latch.note(request.caller.tenant)
        for _ in 0..<1_000 { try request.caller.budget.spend(1_000) }
        return Answer(NoReply())
    }
}

@Suite struct HeavyWorkTests {
    private let a = TenantID(high: 1, low: 1)
    private let b = TenantID(high: 1, low: 2)

    private func serve(
        _ body: @escaping @Sendable (ServedTenon, Latch) async throws -> Void
    ) async throws {
        let latch = Latch()
        let endpoints: [any Endpoint] = [ComputeEndpoint(latch: latch, held: a), SpendEndpoint(latch: latch)]
        try await ServedTenon.with(endpoints: endpoints) { tenon in
            defer { latch.open() }
            try await body(tenon, latch)
        }
    }

    @Test(
        "while one tenant's work holds its threads, its own light requests, another tenant's work and health are answered"
    )
    func others() async throws {
        try await serve { [a, b] tenon, latch in
            let busy = try tenon.token([.owner], tenant: a)
            let other = try tenon.token([.owner], tenant: b)
            async let first = tenon.send("GET", "/v1/compute", token: busy)
            async let second = tenon.send("GET", "/v1/compute", token: busy)
            try await until("the first work") { latch.begun.count == 1 }
            for _ in 0..<8 {
                #expect(try await tenon.send("GET", "/v1/compute", token: other).status == 200)
                #expect(try await tenon.send("GET", "/v1/namespaces", token: busy).status == 200)
                #expect(try await tenon.send("GET", "/health/live").status == 200)
            }
            // Of two threads the tenant has one.
            #expect(latch.begun == [a])
            latch.open()
            #expect(try await [first.status, second.status] == [200, 200])
        }
    }

    @Test("a request that turns out to be long begins anew on the tenant's threads, and gets its answer")
    func longer() async throws {
        try await serve { [a, b] tenon, latch in
            let other = try tenon.token([.owner], tenant: b)
            #expect(try await tenon.send("GET", "/v1/spend", token: other).status == 200)
            #expect(latch.begun == [b, b])
            let busy = try tenon.token([.owner], tenant: a)
            async let held = tenon.send("GET", "/v1/compute", token: busy)
            try await until("the held work") { latch.begun.count == 3 }
            async let longer = tenon.send("GET", "/v1/spend", token: busy)
            try await until("the longer work") { latch.begun.count == 4 }
            #expect(try await tenon.send("GET", "/v1/spend", token: other).status == 200)
            // The second try of the other tenant did not wait for the turn of the first one's.
            #expect(latch.begun == [b, b, a, a, b, b])
            latch.open()
            #expect(try await [held.status, longer.status] == [200, 200])
            #expect(latch.begun.last == a)
        }
    }

    @Test("work that waits for its turn is not done once its client is gone, and its place is given back")
    func abandoned() async throws {
        try await serve { [a] tenon, latch in
            let busy = try tenon.token([.owner], tenant: a)
            async let first = tenon.send("GET", "/v1/compute", token: busy)
            try await until("the first work") { latch.begun.count == 1 }
            let connection = await tenon.connection()
            await connection.send("GET /v1/compute HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(busy)\r\n\r\n")
            try await until("the second request") { try await tenon.metric("tenon_http_requests_running") == 2 }
            connection.close()
            // The connection that asks and that of the first request.
            try await until("the end of the connection") { try await tenon.metric("tenon_http_connections") == 2 }
            latch.open()
            #expect(try await first.status == 200)
            try await until("the places") { try await tenon.metric("tenon_http_requests_running") == 0 }
            #expect(latch.begun == [a])
        }
    }
}

extension ServedTenon {
    fileprivate func metric(_ name: String) async throws -> Double? {
        let text = try await send("GET", "/metrics").body
        return text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
            .flatMap { Double($0.dropFirst(name.count + 1)) }
    }
}
