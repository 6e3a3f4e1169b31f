import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

@Suite struct RecordDenialTests {
    @Test("equal refusals are written once a second, and the next one counts what was left out")
    func bounded() async throws {
        let clock = ManualClock()
        let ids = Identifiers.forTests()
        let memory = MemoryTransactions(clock: clock, identifiers: ids)
        let denials = RecordDenial(transactions: memory, clock: clock)
        let tenant: TenantID = ids.next()
        let caller = Caller(.system(job: "one", tenant: tenant), from: .test)
        let other = Caller(.system(job: "two", tenant: tenant), from: .test)
        let input = RecordDenial.Input(
            operation: "listUsers", resource: nil, code: "permission_denied", detail: "This needs users:read.")
        for _ in 0..<4 { try await denials.execute(input, as: caller) }
        try await denials.execute(input, as: other)
        try await denials.execute(input, as: Caller(.anonymous, from: .test))
        #expect(memory.auditRecords.map(\.actor) == ["system:one", "system:two"])
        #expect(memory.auditRecords.allSatisfy { $0.outcome == .denied && $0.details["omitted"] == nil })
        #expect(memory.auditRecords.first?.resource == .tenant(tenant))
        clock.advance(by: .seconds(1))
        for _ in 0..<2 { try await denials.execute(input, as: caller) }
        #expect(memory.auditRecords.count == 3)
        #expect(memory.auditRecords.last?.details["omitted"] == 3)
        clock.advance(by: .seconds(1))
        try await denials.execute(input, as: caller)
        #expect(memory.auditRecords.last?.details["omitted"] == 1)
    }
}
