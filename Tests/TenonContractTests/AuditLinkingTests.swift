import Synchronization
import TenonApplication
import TenonDomain
import TestSupport
import Testing

/// How far one round of linking goes.
@Suite struct AuditLinkingTests {
    @Test(
        "what is recorded while chains are extended waits for the next round, and heads are as few as rounds",
        arguments: StorageAdapter.allCases)
    func busy(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenants: [TenantID] = (0..<3).map { _ in storage.ids.next() }
            for tenant in tenants { try await AuditedTenant.write(2, in: tenant, storage) }
            let chains = try await AuditedTenant.linker(storage, chain: BusyChain(storage))
            #expect(try await chains.link.execute() == 6)
            #expect(try await chains.link.execute() == 3)
            for tenant in tenants {
                let heads = try await storage.transactions.reads(in: tenant).auditLog.heads(after: 0, through: 9)
                #expect(heads.map(\.sequence) == [2, 3])
            }
        }
    }

    @Test("a backlog of more than a batch is linked at once", arguments: [StorageAdapter.memory, .postgresql])
    func backlog(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            for _ in 0..<5 { try await AuditedTenant.write(500, in: tenant, storage) }
            #expect(try await AuditedTenant.linker(storage).link.execute() == 2500)
            let heads = try await storage.transactions.reads(in: tenant).auditLog.heads(after: 0, through: 9999)
            #expect(heads.map(\.sequence) == [1000, 2000, 2500])
        }
    }
}

/// A chain of tenants who record something more, a few times, each time when theirs is extended.
private final class BusyChain: AuditChain {
    private let storage: Storage
    private let left = Mutex<[TenantID: Int]>([:])

    init(_ storage: Storage) {
        self.storage = storage
    }

    func waiting(limit: Int) async throws(Failure) -> [AuditChainPlace] {
        try await storage.auditChain.waiting(limit: limit)
    }

    func extend(
        _ place: AuditChainPlace, limit: Int,
        by extend: @Sendable (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int? {
        let made = try await storage.auditChain.extend(place, limit: limit, by: extend)
        let isBusy = left.withLock { left in
            left[place.tenant, default: 5] -= 1
            return left[place.tenant, default: 0] > 0
        }
        if isBusy { try await AuditedTenant.write(1, in: place.tenant, storage) }
        return made
    }

    func addIfAbsent(_ key: AuditKey) async throws(Failure) {
        try await storage.auditChain.addIfAbsent(key)
    }
}
