internal import NIOCore

/// A deadline of a connection that moves with every request. Moving it costs a store: the timer is set again only if it
/// would fire too late.
final class Deadline {
    private let eventLoop: any EventLoop
    private let onPassing: () -> Void
    private var at = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerFiresAt = NIODeadline.distantFuture

    /// On the event loop, where `onPassing` also runs. There is no deadline until `set`.
    init(on eventLoop: any EventLoop, onPassing: @escaping () -> Void) {
        self.eventLoop = eventLoop
        self.onPassing = onPassing
    }

    /// Nil means no deadline.
    func set(in duration: Duration?) {
        at = duration.map { .now() + TimeAmount($0) } ?? .distantFuture
        if at < timerFiresAt { arm() }
    }

    func cancel() {
        timer?.cancel()
        timer = nil
        timerFiresAt = .distantFuture
        at = .distantFuture
    }

    private func arm() {
        timer?.cancel()
        timerFiresAt = at
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: at) { [weak self] in self?.fire() }
    }

    private func fire() {
        timer = nil
        timerFiresAt = .distantFuture
        if at <= .now() { onPassing() } else if at < .distantFuture { arm() }
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        self = .nanoseconds(
            duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000)
    }
}
