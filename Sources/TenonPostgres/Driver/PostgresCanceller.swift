internal import CLibPQ
internal import TenonKit

/// Asks the server to give up what a connection runs, by a connection of its own.
final class PostgresCanceller: Sendable {
    nonisolated(unsafe) private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// Asks on a thread of its own, then calls `done`: the server has got the signal, or could not be reached. Where
    /// there is no thread nobody asks; `statement_timeout` ends what runs.
    func cancelSoon(then done: @escaping @Sendable () -> Void = {}) {
        do throws(ThreadError) {
            try DedicatedThread.start("tenon-pg-cancel") { [self] in
                var message = [CChar](repeating: 0, count: 256)
                // A refusal means that nothing ran any more.
                _ = PQcancel(handle, &message, Int32(message.count))
                done()
            }
        } catch {
            done()
        }
    }
}
