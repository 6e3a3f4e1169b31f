internal import NIOCore
internal import TenonDomain
internal import TenonKit

/// The destination of one request's response, usable from any thread.
struct ExchangeOutlet: Sendable {
    let handler: NIOLoopBound<ExchangeHandler>
    /// The lease of the request's body, also held by the code that has yet to respond, and of a stream's writes.
    let lease: MemoryLease

    /// Call once. After a streaming response call `run`.
    func deliver(_ answer: WireAnswer) {
        if handler.eventLoop.inEventLoop {
            handler.value.deliver(answer)
        } else {
            handler.eventLoop.execute { [handler] in handler.value.deliver(answer) }
        }
    }

    /// Has the body written. Returns the failure that cut it off.
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

    /// False if the response is no longer wanted, or if memory has no room for it: then the stream ends, and its client
    /// resumes where it was. Suspends until the socket has accepted everything; if the task is cancelled meanwhile, the
    /// write continues, so that a stream ends after a whole event.
    private func write(_ bytes: [UInt8]) async -> Bool {
        guard !Task.isCancelled, lease.take(bytes.count) else { return false }
        defer { lease.giveBack(bytes.count) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let piece = ByteBuffer(bytes: rest.prefix(ExchangeWriter.piece))
            rest = rest.dropFirst(ExchangeWriter.piece)
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
