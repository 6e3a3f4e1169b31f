import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The audit log and its chains, asked of all adapters.
@Suite struct AuditContract {
    @Test(
        "records are listed newest first, page by page, without gaps or repeats, by every filter",
        arguments: StorageAdapter.allCases)
    func list(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let stranger: TenantID = storage.ids.next()
            try await AuditedTenant.write(7, in: tenant, storage)
            storage.clock.advance(by: .seconds(60))
            let second = storage.clock.now()
            try await AuditedTenant.write(4, in: tenant, storage, action: "b.done", resource: "x", outcome: .denied)
            try await AuditedTenant.write(3, in: stranger, storage)
            let log = storage.transactions.reads(in: tenant).auditLog

            var seen: [LoggedAuditRecord] = []
            var start = PageRequest.Start.first
            while true {
                let page = try await log.records(AuditFilter(), PageRequest(start, limit: 3))
                #expect(page.items.count <= 3)
                seen += page.items
                guard let next = page.next else { break }
                start = .after(next)
            }
            #expect(seen.count == 11)
            #expect(Set(seen.map(\.record.id)).count == 11)
            let isSorted = zip(seen, seen.dropFirst()).allSatisfy {
                ($0.record.occurredAt, $0.record.id) > ($1.record.occurredAt, $1.record.id)
            }
            #expect(isSorted)
            #expect(seen.allSatisfy { $0.record.tenant == tenant && $0.link == nil })

            func count(_ filter: AuditFilter) async throws -> Int {
                try await log.records(filter, PageRequest(.page(1), limit: 2)).total ?? -1
            }
            #expect(try await count(AuditFilter()) == 11)
            #expect(try await count(AuditFilter(actor: "system:contract")) == 11)
            #expect(try await count(AuditFilter(actor: "system:other")) == 0)
            #expect(try await count(AuditFilter(action: "b.done")) == 4)
            #expect(try await count(AuditFilter(resourceKind: "thing")) == 11)
            #expect(try await count(AuditFilter(resourceID: "x")) == 4)
            #expect(try await count(AuditFilter(resourceKind: "thing", resourceID: "3")) == 1)
            #expect(try await count(AuditFilter(outcome: .success)) == 7)
            #expect(try await count(AuditFilter(outcome: .denied)) == 4)
            #expect(try await count(AuditFilter(actor: "system:contract", action: "b.done", outcome: .denied)) == 4)
            #expect(try await count(AuditFilter(from: second)) == 4)
            #expect(try await count(AuditFilter(to: second)) == 7)
            #expect(try await count(AuditFilter(from: second, to: second + .milliseconds(1))) == 4)
        }
    }

    @Test("what an event changed stands in the record and not in the outbox", arguments: StorageAdapter.allCases)
    func content(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let event = DomainEvent(
                .configUpdated, on: ResourceReference(kind: "config", id: "1"), ["version": 2],
                change: ResourceChange(before: ["a": 1, "b": "same"], after: ["a": 2, "b": "same"], omitted: 3))
            try await storage.write(tenant) { work throws(Failure) in work.record(event) }
            let delivered = try await storage.outbox.deliver(limit: 10) { events throws(Failure) in
                guard events.allSatisfy({ $0.details == ["version": 2] }) else { throw .bug("the change went out") }
            }
            #expect(delivered == 1)
            let log = storage.transactions.reads(in: tenant).auditLog
            let record = try #require(try await log.records(AuditFilter(), PageRequest()).items.first?.record)
            let bytes: [UInt8]
            switch record.content {
            case .plain(let text):
                #expect(storage.auditSealer == nil)
                bytes = Array(text.utf8)
            case .sealed(let sealed, let digest):
                let place = AuditContent.place(of: record.id, in: tenant)
                bytes = try await #require(storage.auditSealer).open(sealed, at: place)
                #expect(bytes.withUnsafeBytes { OpenSSLChainHash().sha256($0) } == digest)
            }
            let content = try #require(AuditContent(encoded: bytes))
            #expect(content.details == ["version": 2])
            #expect(content.change.before == ["a": 1])
            #expect(content.change.after == ["a": 2])
            #expect(content.change.omitted == 3)
        }
    }

    @Test("every record becomes a link once, in chains of their own, and verifies", arguments: StorageAdapter.allCases)
    func chains(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenants: [TenantID] = (0..<3).map { _ in storage.ids.next() }
            for tenant in tenants { try await AuditedTenant.write(5, in: tenant, storage) }
            #expect(try await chains.link.execute() == 15)
            #expect(try await chains.link.execute() == 0)
            try await AuditedTenant.write(2, in: tenants[0], storage)
            #expect(try await chains.link.execute() == 2)
            for (tenant, count) in zip(tenants, [7, 5, 5]) {
                let log = storage.transactions.reads(in: tenant).auditLog
                let links = try await log.links(after: 0, limit: 100)
                #expect(links.map(\.link.sequence) == Array(1...Int64(count)))
                #expect(Set(links.map(\.link.record)).count == count)
                #expect(links.allSatisfy { $0.record?.id == $0.link.record })
                #expect(try await log.links(after: 3, limit: 2).map(\.link.sequence) == [4, 5])
                let verified = try await chains.verify(tenant)
                #expect(verified.finding == nil)
                #expect(verified.records == Int64(count))
                #expect(verified.newestHead?.sequence == Int64(count))
                let listed = try await log.records(AuditFilter(), PageRequest()).items
                #expect(Set(listed.compactMap(\.link)) == Set(links.map(\.link)))
            }
            #expect(
                try await storage.transactions.reads(in: tenants[0]).auditLog.heads(after: 0, through: 7).count == 2)
            let unknown: TenantID = storage.ids.next()
            #expect(try await storage.transactions.reads(in: unknown).auditLog.newestHead() == nil)
        }
    }

    @Test("several that extend chains at once make one chain of each", arguments: StorageAdapter.allCases)
    func race(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            await withTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        for _ in 0..<10 { _ = try? await AuditedTenant.write(3, in: tenant, storage) }
                    }
                }
                for _ in 0..<3 {
                    group.addTask { for _ in 0..<20 { _ = try? await chains.link.execute() } }
                }
            }
            while try await chains.link.execute() > 0 {}
            let verified = try await chains.verify(tenant)
            #expect(verified.finding == nil)
            #expect(verified.records == 120)
        }
    }

    @Test("a record that waits too long for its link is found", arguments: StorageAdapter.allCases)
    func unlinked(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(2, in: tenant, storage)
            _ = try await chains.link.execute()
            try await AuditedTenant.write(1, in: tenant, storage)
            #expect(try await chains.verify(tenant).finding == nil)
            storage.clock.advance(by: VerifyAuditLog.linkingTime + .seconds(1))
            #expect(try await chains.verify(tenant).finding?.kind == .unlinked)
            _ = try await chains.link.execute()
            #expect(try await chains.verify(tenant).finding == nil)
        }
    }

    @Test("a long chain is verified in parts that tell where to go on", arguments: StorageAdapter.allCases)
    func parts(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let chains = try await AuditedTenant.linker(storage)
            let tenant: TenantID = storage.ids.next()
            try await AuditedTenant.write(25, in: tenant, storage)
            _ = try await chains.link.execute()
            let first = try await chains.verify(tenant, to: 10)
            #expect(first.finding == nil)
            #expect((first.from, first.to, first.next) == (1, 10, 11))
            let rest = try await chains.verify(tenant, from: 11)
            #expect(rest.finding == nil)
            #expect((rest.records, rest.to, rest.next) == (15, 25, nil))
            // The last link of all is known to be one.
            #expect(try await chains.verify(tenant, to: 25).next == nil)
            #expect(try await chains.verify(tenant, from: 26).finding == nil)
        }
    }
}
