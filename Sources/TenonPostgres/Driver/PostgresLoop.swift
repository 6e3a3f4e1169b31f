internal import CLibPQ
internal import Glibc
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The I/O thread: drives all connections of the driver with `poll`. Work is handed in through a queue; the
/// thread takes what has gathered, sends it, flushes each connection once, reads what came, and answers.
final class PostgresLoop: Sendable {
    /// Names a connection of the loop.
    typealias WireID = Int

    enum Job: Sendable {
        /// On the I/O thread `onAnswered` is told how many groups' answers have just been read, and `onLost` is called
        /// once, when the connection breaks by itself.
        case attach(
            WireID, PostgresWire, onAnswered: @Sendable (Int) -> Void = { _ in }, onLost: @Sendable () -> Void = {})
        /// A group for a connection that is not there fails with `connectionLost`.
        case send(WireID, PostgresGroup)
        /// Closes the connection as soon as nothing is in flight on it.
        case detach(WireID)
        /// Takes no more jobs and ends the thread when nothing is in flight any more; deadlines bound that.
        case stop
    }

    private struct Inbox: ~Copyable {
        var jobs: [Job] = []
        var isAsleep = false
        var isStopped = false
    }

    private let inbox = Mutex(Inbox())
    private let doorbell: Int32

    /// Starts the thread, which lives until `stop`. A server that has answered nothing for longer than the limit of the
    /// group whose turn it is, by `patience`, loses its connection. Fails where there is no thread.
    init(patience: Duration = .seconds(5)) throws(PostgresError) {
        doorbell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(doorbell >= 0, "no eventfd")
        do throws(ThreadError) {
            try DedicatedThread.start("tenon-pg-loop") { [self] in
                var rounds = PostgresLoopRounds(loop: self, patience: patience)
                rounds.run()
            }
        } catch {
            throw PostgresError(error)
        }
    }

    deinit {
        close(doorbell)
    }

    /// Hands a job in, from any thread. After `stop` groups fail with `closed`, and the rest is dropped.
    func submit(_ job: Job) {
        let (isAccepted, mustRing) = inbox.withLock { inbox in
            guard !inbox.isStopped else { return (false, false) }
            inbox.jobs.append(job)
            if case .stop = job { inbox.isStopped = true }
            defer { inbox.isAsleep = false }
            return (true, inbox.isAsleep)
        }
        if !isAccepted, case .send(_, let group) = job { group.finish(.failure(.closed)) }
        if mustRing { eventfd_write(doorbell, 1) }
    }

    /// What has gathered. Swaps the array for an empty one, so that both keep their memory.
    fileprivate func take(_ jobs: inout [Job]) {
        inbox.withLock { inbox in
            inbox.isAsleep = false
            swap(&inbox.jobs, &jobs)
        }
    }

    /// Whether there is nothing to do but to wait. From a yes on, the next job rings.
    fileprivate func fallAsleep() -> Bool {
        inbox.withLock { inbox in
            inbox.isAsleep = inbox.jobs.isEmpty
            return inbox.isAsleep
        }
    }

    /// Waits for the sockets and for the doorbell, which comes first.
    fileprivate func poll(_ polled: inout [pollfd], timeout: Int32) -> Bool {
        polled[0] = pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)
        guard Glibc.poll(&polled, nfds_t(polled.count), timeout) > 0 else { return false }
        if polled[0].revents != 0 {
            var count: eventfd_t = 0
            eventfd_read(doorbell, &count)
        }
        return true
    }
}

/// What the I/O thread has; it alone touches it.
private struct PostgresLoopRounds {
    private struct Attached {
        let wire: PostgresWire
        let onAnswered: @Sendable (Int) -> Void
        let onLost: @Sendable () -> Void
        var isClosing = false
    }

    private let loop: PostgresLoop
    private let patience: Duration
    private var wires: [PostgresLoop.WireID: Attached] = [:]
    private var jobs: [PostgresLoop.Job] = []
    private var finished: [PostgresWire.Finished] = []
    private var polled: [pollfd] = []
    private var polledIDs: [PostgresLoop.WireID] = []
    private var nextScan = ContinuousClock.now
    private var isStopped = false

    /// How exactly deadlines are kept.
    private static let scanInterval = Duration.milliseconds(50)

    init(loop: PostgresLoop, patience: Duration) {
        self.loop = loop
        self.patience = patience
    }

    mutating func run() {
        while !(isStopped && wires.isEmpty) {
            takeJobs()
            flushAll()
            answer()
            receive()
            // Whoever was answered mostly asks again, and all that comes meanwhile goes out in one round.
            if answer() { sched_yield() }
            giveUpLate()
            closeDone()
        }
        answer()
    }

    private mutating func takeJobs() {
        loop.take(&jobs)
        for job in jobs {
            switch job {
            case .attach(let id, let wire, let onAnswered, let onLost):
                wires[id] = Attached(wire: wire, onAnswered: onAnswered, onLost: onLost)
            case .send(let id, let group): send(group, to: id)
            case .detach(let id): wires[id]?.isClosing = true
            case .stop: isStopped = true
            }
        }
        jobs.removeAll(keepingCapacity: true)
    }

    private mutating func send(_ group: PostgresGroup, to id: PostgresLoop.WireID) {
        guard let attached = wires[id], !attached.isClosing else {
            finished.append((group, .failure(.connectionLost("the connection is closed"))))
            return
        }
        guard group.isAwaited else { return }
        if !attached.wire.send(group) {
            finished.append((group, .failure(.connectionLost(attached.wire.reason))))
            lose(id, attached.wire.reason)
        }
    }

    private mutating func flushAll() {
        for (id, attached) in wires {
            guard attached.wire.flush() else {
                lose(id, attached.wire.reason)
                continue
            }
            // libpq reads while it cannot send, and `poll` does not show what it has read.
            if attached.wire.hasAnswers { receive(id, attached) }
        }
    }

    private mutating func receive(_ id: PostgresLoop.WireID, _ attached: Attached) {
        let before = finished.count
        let isOpen = attached.wire.receive(&finished) && attached.wire.flush()
        if finished.count > before { attached.onAnswered(finished.count - before) }
        if !isOpen { lose(id, attached.wire.reason) }
    }

    private mutating func receive() {
        polled.removeAll(keepingCapacity: true)
        polledIDs.removeAll(keepingCapacity: true)
        polled.append(pollfd())
        var isWaiting = isStopped
        for (id, attached) in wires {
            let events = attached.wire.wantsToWrite ? POLLIN | POLLOUT : POLLIN
            polled.append(pollfd(fd: attached.wire.descriptor, events: Int16(events), revents: 0))
            polledIDs.append(id)
            isWaiting = isWaiting || attached.isClosing || attached.wire.isBusy
        }
        let timeout: Int32 = loop.fallAsleep() ? (isWaiting ? Int32(Self.scanInterval.milliseconds) : -1) : 0
        guard loop.poll(&polled, timeout: timeout) else { return }
        for (index, id) in polledIDs.enumerated() where polled[index + 1].revents != 0 {
            if let attached = wires[id] { receive(id, attached) }
        }
    }

    /// Answers outside of every lock, when a round of reading or sending is over. Whether there was anything.
    @discardableResult
    private mutating func answer() -> Bool {
        guard !finished.isEmpty else { return false }
        for (group, outcome) in finished { group.finish(outcome) }
        finished.removeAll(keepingCapacity: true)
        return true
    }

    /// Answers groups whose deadline has passed; closes a connection whose server answers nothing at all.
    private mutating func giveUpLate() {
        let now = ContinuousClock.now
        guard now >= nextScan else { return }
        nextScan = now + Self.scanInterval
        for (id, attached) in wires where attached.wire.isBusy {
            let groups = attached.wire.groupsInFlight
            for group in groups where group.deadline < now { group.finish(.failure(.deadlineExceeded)) }
            if let first = groups.first, attached.wire.quietSince + first.limit + patience < now {
                lose(id, "the server does not answer")
            }
        }
    }

    private mutating func closeDone() {
        for (id, attached) in wires where (isStopped || attached.isClosing) && !attached.wire.isBusy {
            wires[id] = nil
        }
    }

    private mutating func lose(_ id: PostgresLoop.WireID, _ reason: String) {
        guard let attached = wires.removeValue(forKey: id) else { return }
        // The server may go on with what nobody waits for: without this its processes would gather.
        if attached.wire.isBusy { attached.wire.canceller?.cancelSoon() }
        for group in attached.wire.groupsInFlight {
            finished.append((group, .failure(.connectionLost(reason))))
        }
        attached.onLost()
    }
}
