import TestSupport
import Testing

@testable import TenonKit

@Suite("A value that is set once") struct OneShotTests {
    private final class Slot: Sendable {
        let value = OneShot<Int>()
    }

    @Test("The first value counts, whether it is set before the wait or after") func first() async {
        let before = Slot()
        #expect(before.value.set(1) == true)
        #expect(before.value.set(2) == false)
        #expect(await before.value.wait(cancelled: -1, start: { Issue.record("started") }, onCancel: {}) == 1)
        let after = Slot()
        let value = await after.value.wait(
            cancelled: -1,
            start: {
                #expect(after.value.isAwaited == true)
                #expect(after.value.set(1) == true)
                #expect(after.value.set(2) == false)
            }, onCancel: {})
        #expect(value == 1)
        #expect(after.value.isAwaited == false)
    }

    @Test("A task that is cancelled before does not start") func cancelledBefore() async {
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            return await Slot().value.wait(cancelled: -1, start: { Issue.record("started") }, onCancel: {})
        }
        task.cancel()
        #expect(await task.value == -1)
    }

    @Test("A cancellation during the wait decides, also one that comes while the task starts")
    func cancelledLater() async throws {
        let slot = Slot()
        let task = Task {
            await slot.value.wait(cancelled: -1, start: {}, onCancel: { slot.value.set(-2) })
        }
        try await until { slot.value.isAwaited }
        task.cancel()
        #expect(await task.value == -2)
        let other = Slot()
        let starting = Task {
            await other.value.wait(
                cancelled: -1, start: { withUnsafeCurrentTask { $0?.cancel() } }, onCancel: { other.value.set(-2) })
        }
        #expect(await starting.value == -2)
    }
}
