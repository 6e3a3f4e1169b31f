import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct TransactionsContract {
    @Test("a body that throws leaves nothing, and its failure is the transaction's", arguments: StorageAdapter.allCases)
    func rollback(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let namespace = try storage.namespace(tenant, "production")
            let refusal = await failure { () throws(Failure) in
                try await storage.write(tenant) { work throws(Failure) in
                    try await work.configuration.add(namespace)
                    work.record(DomainEvent(.namespaceCreated, on: namespace.reference))
                    throw Failure(.configNotFound, "given up")
                }
            }
            #expect(refusal?.code == .configNotFound)
            let page = try await storage.transactions.reads(in: tenant).configuration.namespaces(PageRequest())
            #expect(page.items.isEmpty)
            #expect(try await storage.outbox.deliver(limit: 10) { _ in } == 0)
        }
    }

    @Test("20 racing writers of one name have exactly one winner", arguments: StorageAdapter.allCases)
    func race(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            let outcomes = await withTaskGroup(of: FailureCode?.self) { group in
                for _ in 0..<20 {
                    group.addTask {
                        guard let namespace = try? storage.namespace(tenant, "contested") else {
                            return .internalError
                        }
                        return await failure { () throws(Failure) in
                            try await storage.write(tenant) { work throws(Failure) in
                                try await work.configuration.add(namespace)
                            }
                        }?.code
                    }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(outcomes.filter { $0 == nil }.count == 1)
            #expect(outcomes.filter { $0 == .namespaceNameTaken }.count == 19)
        }
    }

    @Test("events go out once, in order, and wait while nobody takes them", arguments: StorageAdapter.allCases)
    func outbox(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            for number in 0..<5 {
                let event = DomainEvent(
                    .configCreated, on: ResourceReference(kind: "config", id: "\(number)"),
                    ["number": .integer(Int64(number)), "text": "ä\"\\"])
                try await storage.write(tenant) { work throws(Failure) in work.record(event) }
            }
            let refused = await failure { () throws(Failure) in
                try await storage.outbox.deliver(limit: 10) { _ throws(Failure) in throw .bug("not now") }
            }
            #expect(refused?.code == .internalError)
            let taken = Taken()
            #expect(try await storage.outbox.deliver(limit: 3) { await taken.add($0) } == 3)
            #expect(try await storage.outbox.deliver(limit: 3) { await taken.add($0) } == 2)
            #expect(try await storage.outbox.deliver(limit: 3) { await taken.add($0) } == 0)
            let events = await taken.events
            #expect(events.map(\.resource.id) == ["0", "1", "2", "3", "4"])
            #expect(events.allSatisfy { $0.tenant == tenant && $0.actor == "system:contract" })
            #expect(events[3].details == ["number": 3, "text": "ä\"\\"])
            let over = storage.clock.now() + OutboxEvent.retention
            #expect(try await storage.outbox.purge(at: over - .seconds(1)) == 0)
            #expect(try await storage.outbox.purge(at: over) == 5)
        }
    }

    @Test("what waits in vain is forgotten when it is old, and not before", arguments: StorageAdapter.allCases)
    func waitingInVain(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            try await storage.write(tenant) { work throws(Failure) in
                for number in 0..<3 {
                    work.record(DomainEvent(.configCreated, on: ResourceReference(kind: "config", id: "\(number)")))
                }
            }
            // Their ids say when they were made, by the clock of the ids.
            let over = SystemClock().now() + OutboxEvent.patience
            #expect(try await storage.outbox.purge(at: over - .seconds(3600)) == 0)
            #expect(try await storage.outbox.purge(at: over + .seconds(3600)) == 3)
            #expect(try await storage.outbox.deliver(limit: 9) { _ in } == 0)
        }
    }

    @Test("two relays never hold the same event", arguments: StorageAdapter.allCases)
    func relays(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let tenant: TenantID = storage.ids.next()
            try await storage.write(tenant) { work throws(Failure) in
                for number in 0..<40 {
                    work.record(DomainEvent(.configCreated, on: ResourceReference(kind: "config", id: "\(number)")))
                }
            }
            let taken = Taken()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        while try await storage.outbox.deliver(limit: 5, to: { await taken.add($0) }) > 0 {}
                    }
                }
                try await group.waitForAll()
            }
            let ids = await taken.events.map(\.id)
            #expect(ids.count == 40)
            #expect(Set(ids).count == 40)
        }
    }

    private actor Taken {
        private(set) var events: [OutboxEvent] = []
        func add(_ more: [OutboxEvent]) { events += more }
    }
}
