import TenonKit
import Testing

@Suite struct MemoryBudgetTests {
    private static let mebibyte = 1 << 20
    private let budget = MemoryBudget(limit: 64 * mebibyte)

    private func tenant(_ number: UInt8) -> MemoryBudget.Holder {
        .account(UInt128(number))
    }

    private func address(_ text: String) -> MemoryBudget.Holder { MemoryBudget.Holder(nil, at: IPAddress(text)) }

    @Test("a tenant holds a quarter, and the others hold theirs all the same")
    func tenants() {
        #expect(budget.take(16 * Self.mebibyte, for: tenant(1)))
        #expect(!budget.take(1, for: tenant(1)))
        #expect(budget.take(16 * Self.mebibyte, for: tenant(2)))
        budget.giveBack(Self.mebibyte, for: tenant(1))
        #expect(budget.take(Self.mebibyte, for: tenant(1)))
        #expect(!budget.take(1, for: tenant(1)))
        #expect(budget.held == 32 * Self.mebibyte)
    }

    @Test("callers who have not signed in hold an eighth together, and a 64th of one address or IPv6 /64 network")
    func anonymous() {
        #expect(budget.take(Self.mebibyte, for: address("2001:db8::1")))
        #expect(!budget.take(1, for: address("2001:db8::ffff:2")))
        #expect(budget.take(1, for: address("2001:db8:0:1::1")))
        budget.giveBack(1, for: address("2001:db8:0:1::1"))
        for last in 1...7 { #expect(budget.take(Self.mebibyte, for: address("192.0.2.\(last)"))) }
        #expect(!budget.take(1, for: address("192.0.2.8")))
        #expect(budget.take(1, for: tenant(1)))
    }

    @Test("a sixteenth is left for small amounts, by what their holder has in all")
    func reserve() {
        for number in 1...3 { #expect(budget.take(16 * Self.mebibyte, for: tenant(UInt8(number)))) }
        #expect(budget.take(12 * Self.mebibyte, for: tenant(4)))
        #expect(!budget.take(100_000, for: tenant(5)))
        #expect(!budget.take(1000, for: tenant(5), total: 100_000))
        #expect(budget.take(1000, for: tenant(5), total: 60_000))
    }

    @Test("what is due is taken beyond the share, and refuses what comes after it")
    func due() {
        #expect(budget.take(16 * Self.mebibyte, for: tenant(1)))
        #expect(budget.take(Self.mebibyte, for: tenant(1), isDue: true))
        budget.giveBack(Self.mebibyte, for: tenant(1))
        #expect(!budget.take(1, for: tenant(1)))
    }

    @Test("a lease charges what is beyond the allowance, and gives it back at its end")
    func leases() {
        var lease: MemoryLease? = MemoryLease(budget, for: tenant(1))
        #expect(lease?.take(MemoryLease.allowance) == true)
        #expect(budget.held == 0)
        for _ in 0..<3 { #expect(lease?.take(1000) == true) }
        #expect(budget.held == 3000)
        #expect(lease?.take(20 * Self.mebibyte) == false)
        #expect(budget.held == 3000)
        lease = nil
        #expect(budget.held == 0)
    }

    @Test("what a request holds beside its body is of its tenant's share, and ends with it")
    func requests() throws {
        var request: WorkBudget? = WorkBudget(
            steps: 1, bytes: 20 * Self.mebibyte, memory: budget, for: tenant(1))
        try request?.hold(10 * Self.mebibyte)
        #expect(throws: KitError.memoryExhausted) { try request?.hold(7 * Self.mebibyte) }
        #expect(throws: KitError.tooMuchWork("The request needs more than 20971520 bytes of memory; split it.")) {
            try request?.hold(11 * Self.mebibyte)
        }
        request?.release(Self.mebibyte)
        #expect(budget.held == 9 * Self.mebibyte)
        request = nil
        #expect(budget.held == 0)
    }
}
