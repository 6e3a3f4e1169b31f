import Dispatch
import Synchronization
import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonOIDC

@Suite struct HostLookupsTests {
    /// A resolver whose name servers for `slow` names answer when they are told to.
    private final class Resolver: Sendable {
        static let address = IPAddress("127.0.0.1")!

        let asked: AsyncStream<String>
        private let continuation: AsyncStream<String>.Continuation
        private let answers = DispatchSemaphore(value: 0)
        private let running = Mutex((now: 0, most: 0))

        init() {
            (asked, continuation) = AsyncStream.makeStream()
        }

        var mostAtOnce: Int { running.withLock { $0.most } }

        func resolve(_ host: String) -> [IPAddress] {
            guard host.hasPrefix("slow") else { return [Self.address] }
            running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            continuation.yield(host)
            answers.wait()
            running.withLock { $0.now -= 1 }
            return [Self.address]
        }

        func answer(_ count: Int) {
            for _ in 0..<count { answers.signal() }
        }
    }

    private let resolver = Resolver()
    private let lookups: HostLookups
    private let ids = Identifiers(clock: ManualClock(), randomness: SeededRandomness())

    init() {
        lookups = HostLookups { [resolver] in resolver.resolve($0) }
    }

    /// Lookups that run, each of a slow name of its own.
    private func begin(_ count: Int, for tenant: TenantID) async -> [Task<[IPAddress]?, Never>] {
        let tasks = (0..<count).map { number in
            Task { [lookups] in try? await lookups.addresses(of: "slow-\(number).\(tenant)", for: tenant) }
        }
        var asked = resolver.asked.makeAsyncIterator()
        for _ in 0..<count { _ = await asked.next() }
        return tasks
    }

    private func fault(_ host: String, for tenant: TenantID) async -> OpenIDFault? {
        do throws(OpenIDFault) {
            _ = try await lookups.addresses(of: host, for: tenant)
            return nil
        } catch {
            return error
        }
    }

    @Test("a tenant whose name servers drop queries has its share of lookups, and everybody else goes on")
    func share() async throws {
        let (tenant, other): (TenantID, TenantID) = (ids.next(), ids.next())
        let slow = await begin(HostLookups.maxPerTenant, for: tenant)
        #expect(await fault("slow-more.example", for: tenant) == .busy)
        #expect(await fault("id.example", for: tenant) == .busy)
        #expect(try await lookups.addresses(of: "id.example", for: other) == [Resolver.address])
        resolver.answer(HostLookups.maxPerTenant)
        for task in slow { #expect(await task.value == [Resolver.address]) }
        #expect(await fault("id.example", for: tenant) == nil)
    }

    @Test("all threads together are no more than there are, and who comes then is told at once")
    func maximum() async throws {
        var slow: [Task<[IPAddress]?, Never>] = []
        for _ in 0..<(HostLookups.maxRunning / HostLookups.maxPerTenant) {
            slow += await begin(HostLookups.maxPerTenant, for: ids.next())
        }
        #expect(resolver.mostAtOnce == HostLookups.maxRunning)
        #expect(await fault("id.example", for: ids.next()) == .busy)
        resolver.answer(HostLookups.maxRunning)
        for task in slow { #expect(await task.value == [Resolver.address]) }
        #expect(await fault("id.example", for: ids.next()) == nil)
    }

    @Test("a name is looked up once at a time, whoever asks, and goes on when its first caller is gone")
    func singleFlight() async throws {
        let tenant: TenantID = ids.next()
        let first = await begin(1, for: tenant)
        first[0].cancel()
        let others = (0..<20).map { _ in
            Task { [lookups] in try? await lookups.addresses(of: "slow-0.\(tenant)", for: tenant) }
        }
        for _ in 0..<1000 { await Task.yield() }
        // Who comes late may look it up again; at one time it is one, so nobody's share is used up.
        resolver.answer(21)
        for task in others + first { #expect(await task.value == [Resolver.address]) }
        #expect(resolver.mostAtOnce == 1)
    }

    @Test("that one tenant may ask no more is not held against a provider that others ask too")
    func sharedProvider() async throws {
        let (tenant, other): (TenantID, TenantID) = (ids.next(), ids.next())
        let hostile = try HostileProvider()
        let name = "http://localhost:\(hostile.port)"
        hostile.set(HostileProvider.discovery, .json(hostile.metadata { $0["issuer"] = .string(name) }))
        let table = ProviderTable(
            transport: ProviderTransport(policy: .development, lookups: lookups), clock: ManualClock())
        let issuer = try IssuerURL(name)
        let slow = await begin(HostLookups.maxPerTenant, for: tenant)
        await #expect(throws: OpenIDFault.busy) { try await table.snapshot(of: issuer, for: tenant) }
        #expect(try await table.snapshot(of: issuer, for: other).metadata.keySet.host == "127.0.0.1")
        // What is known needs no lookup.
        _ = try await table.snapshot(of: issuer, for: tenant)
        resolver.answer(HostLookups.maxPerTenant)
        for task in slow { _ = await task.value }
    }
}
