import TenonDomain
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct TurnQueueTests {
    private let a = TenantID(high: 1, low: 1)
    private let b = TenantID(high: 1, low: 2)

    @Test("tenants take turns job by job, in the order in which they came")
    func turns() {
        var queue = TurnQueue<Int>(limit: 2)
        for job in 0..<3 { queue.add(job, of: a) }
        queue.add(100, of: b)
        queue.add(200, of: nil)
        var order: [Int] = []
        while let (job, tenant) = queue.next() {
            order.append(job)
            queue.ended(tenant)
        }
        #expect(order == [0, 100, 200, 1, 2])
    }

    @Test("a tenant has as many jobs under way as it may, and its next one waits for the end of one")
    func limit() {
        var queue = TurnQueue<Int>(limit: 1)
        queue.add(0, of: a)
        queue.add(1, of: a)
        queue.add(100, of: b)
        #expect(queue.next()?.job == 0)
        #expect(queue.next()?.job == 100)
        #expect(queue.next()?.job == nil)
        queue.ended(b)
        #expect(queue.next()?.job == nil)
        queue.ended(a)
        #expect(queue.next()?.job == 1)
    }
}
