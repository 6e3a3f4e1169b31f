internal import NIOCore
internal import TenonDomain

/// Where the answer to one request goes, from any thread.
struct ExchangeOutlet: Sendable {
    /// Bytes that are written at one time, and that wait in the kernel. The deadline for a client to take its answer begins
    /// anew with each piece.
    static let piece = 16 << 10

    let handler: NIOLoopBound<ExchangeHandler>

    /// Once. After an answer that is a stream comes `run`.
    func deliver(_ answer: WireAnswer) {
        if handler.eventLoop.inEventLoop {
            handler.value.deliver(answer)
        } else {
            handler.eventLoop.execute { [handler] in handler.value.deliver(answer) }
        }
    }

    /// Has the body written. Answers what cut it off.
    func run(_ body: StreamedBody) async -> Failure? {
        do throws(Failure) {
            try await body(AnswerBody { bytes in await write(bytes) })
            perform { $0.finishStream() }
            return nil
        } catch {
            perform { $0.abortStream() }
            return error
        }
    }

    /// False where nothing more is wanted. Suspends until the socket has taken it all; of a task that is cancelled on the
    /// way the write goes on, so that a stream ends after a whole event.
    private func write(_ bytes: [UInt8]) async -> Bool {
        guard !Task.isCancelled else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = ByteBuffer(bytes: rest.prefix(Self.piece))
            rest = rest.dropFirst(Self.piece)
            guard await put(piece) else { return false }
        }
        return true
    }

    private func put(_ piece: ByteBuffer) async -> Bool {
        await withCheckedContinuation { continuation in
            perform { $0.write(piece) { isTaken in continuation.resume(returning: isTaken) } }
        }
    }

    private func perform(_ work: @escaping @Sendable (ExchangeHandler) -> Void) {
        if handler.eventLoop.inEventLoop {
            work(handler.value)
        } else {
            handler.eventLoop.execute { [handler] in work(handler.value) }
        }
    }
}
