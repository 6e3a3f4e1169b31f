internal import NIOCore

/// One deadline of a connection that moves with every request. Moving it costs a store: the timer is armed again only
/// where it would fire too late.
struct Deadline {
    private var at = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    private var timerFiresAt = NIODeadline.distantFuture

    /// Nil is never. `onFire` runs on the event loop and asks `hasPassed`.
    mutating func set(in amount: TimeAmount?, on eventLoop: any EventLoop, onFire: @escaping () -> Void) {
        at = amount.map { .now() + $0 } ?? .distantFuture
        guard at < timerFiresAt else { return }
        arm(on: eventLoop, onFire)
    }

    /// Whether it is over. If not, the timer is armed for the rest.
    mutating func hasPassed(on eventLoop: any EventLoop, onFire: @escaping () -> Void) -> Bool {
        timer = nil
        timerFiresAt = .distantFuture
        if at <= .now() { return true }
        if at < .distantFuture { arm(on: eventLoop, onFire) }
        return false
    }

    mutating func cancel() {
        timer?.cancel()
        timer = nil
        at = .distantFuture
    }

    private mutating func arm(on eventLoop: any EventLoop, _ onFire: @escaping () -> Void) {
        timer?.cancel()
        timerFiresAt = at
        timer = eventLoop.assumeIsolated().scheduleTask(deadline: at, onFire)
    }
}

extension TimeAmount {
    init(_ duration: Duration) {
        self = .nanoseconds(
            duration.components.seconds * 1_000_000_000 + duration.components.attoseconds / 1_000_000_000)
    }
}
