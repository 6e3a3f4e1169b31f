internal import NIOCore
internal import NIOHTTP1

/// The answers of an exchange, whole or as streams, and what follows them.
extension ExchangeHandler {
    private static let linger = Duration.seconds(1)

    func deliver(_ answer: WireAnswer) {
        switch phase {
        case .working(let request), .receivingBody(let request):
            if answer.stream == nil { send(answer) } else { stream(answer, of: request) }
        default: break
        }
    }

    private func head(of answer: WireAnswer) -> HTTPResponseHead {
        if isDraining { current.isLast = true }
        return current.head(of: answer, at: now(), isHTTP2: facts.isHTTP2)
    }

    func send(_ answer: WireAnswer) {
        letGoOfBody()
        let head = head(of: answer)
        answering()
        writer?.send(head, answer) { [weak self] in self?.answered($0) }
    }

    private func answering() {
        phase = .answering
        deadline?.set(in: limits.answer)
    }

    private func stream(_ answer: WireAnswer, of request: any ExchangeRequest) {
        guard let context else { return }
        // Before HTTP/1.1 only the end of the connection tells the end of such a body.
        if current.version == .http1_0 { current.isLast = true }
        (facts.isHTTP2 ? context.channel.parent : context.channel)?.expectLittle(within: limits.answer)
        writer?.begin(head(of: answer))
        phase = .streaming(request)
        if isDraining { endLongLived() }
    }

    /// `isTaken` hears when the socket has it all, or that nobody wants it. The client has the time for an answer to take
    /// it; between two writes nothing is asked of it.
    func write(_ bytes: ByteBuffer, _ isTaken: @escaping @Sendable (Bool) -> Void) {
        guard case .streaming = phase, let writer else { return isTaken(false) }
        deadline?.set(in: limits.answer)
        writer.write(bytes) { [weak self] success in
            if success, let self, case .streaming = phase, !isDraining { deadline?.set(in: nil) }
            isTaken(success)
        }
    }

    func finishStream() {
        guard case .streaming = phase else { return }
        if isDraining { current.isLast = true }
        answering()
        writer?.end { [weak self] in self?.answered($0) }
    }

    func abortStream() {
        if case .streaming = phase { close() }
    }

    private func answered(_ isTaken: Bool) {
        guard isTaken else { return close() }
        guard case .answering = phase, let context else { return }
        if facts.isHTTP2 {
            // A stream is one exchange. Closing it before its end tells the client to send no more.
            if !current.isComplete { close() } else { phase = .lingering }
        } else if current.isLast {
            guard !inputIsClosed else { return close() }
            phase = .lingering
            waiting.removeAll()
            deadline?.set(in: Self.linger)
            context.close(mode: .output, promise: nil)
            resumeReading()
        } else {
            phase = .idle
            deadline?.set(in: limits.idle)
            takeWaiting()
        }
    }
}
