internal import CLibPQ

/// Asks the server to give up what a connection runs. Opens a connection of its own and waits for it, so only a
/// thread that may block calls it.
final class PostgresCanceller: Sendable {
    nonisolated(unsafe) private let handle: OpaquePointer

    init(_ handle: OpaquePointer) {
        self.handle = handle
    }

    deinit {
        PQfreeCancel(handle)
    }

    /// When it returns the server has got the signal, or could not be reached.
    func cancel() {
        var message = [CChar](repeating: 0, count: 256)
        // A refusal means that nothing ran any more.
        _ = PQcancel(handle, &message, Int32(message.count))
    }
}
