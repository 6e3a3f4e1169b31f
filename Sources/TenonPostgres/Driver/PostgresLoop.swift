internal import CLibPQ
internal import Glibc
internal import Synchronization
internal import TenonDomain

/// The I/O thread: drives all connections of the driver with `poll`. Work is handed in through a queue; the
/// thread takes what has gathered, sends it, flushes each connection once, reads what came, and answers.
final class PostgresLoop: Sendable {
    /// Names a connection of the loop.
    typealias WireID = Int

    enum Job: Sendable {
        case attach(WireID, PostgresWire, onLost: @Sendable (String) -> Void)
        case send(WireID, PostgresGroup)
        /// Closes the connection; whatever it has in flight is lost.
        case detach(WireID)
        case stop
    }

    private struct Inbox: ~Copyable {
        var jobs: [Job] = []
        var isAsleep = false
        var isStopped = false
    }

    private let inbox = Mutex(Inbox())
    private let doorbell: Int32

    /// Starts the thread.
    init() {
        doorbell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(doorbell >= 0, "no eventfd")
        DedicatedThread.start { [self] in
            var turn = Turn(loop: self)
            turn.run()
            close(doorbell)
        }
    }

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

    /// What the thread has; it alone touches it.
    private struct Turn {
        let loop: PostgresLoop
        var wires: [WireID: (wire: PostgresWire, onLost: @Sendable (String) -> Void)] = [:]
        var finished: [(PostgresGroup, PostgresGroup.Outcome)] = []
        var polled: [pollfd] = []
        var polledIDs: [WireID] = []
        var nextScan = ContinuousClock.now
        var isStopped = false

        static let scanInterval = Duration.milliseconds(50)
        /// How long past its deadline a group may keep its connection before that is given up.
        static let patience = Duration.seconds(5)

        init(loop: PostgresLoop) {
            self.loop = loop
        }

        mutating func run() {
            while !isStopped {
                takeJobs()
                flushAll()
                answer()
                wait()
                answer()
                giveUpLate()
            }
            for id in Array(wires.keys) { lose(id, "the driver is closed") }
            answer()
        }

        private mutating func takeJobs() {
            let taken = loop.inbox.withLock { inbox in
                inbox.isAsleep = false
                defer { inbox.jobs.removeAll(keepingCapacity: true) }
                return inbox.jobs
            }
            for job in taken {
                switch job {
                case .attach(let id, let wire, let onLost): wires[id] = (wire, onLost)
                case .send(let id, let group): send(group, to: id)
                case .detach(let id):
                    wires[id].map { fail($0.wire.abandon(), "the connection was closed") }
                    wires[id] = nil
                case .stop: isStopped = true
                }
            }
        }

        private mutating func send(_ group: PostgresGroup, to id: WireID) {
            guard let wire = wires[id]?.wire else {
                finished.append((group, .failure(.connectionLost("the connection is closed"))))
                return
            }
            guard group.isAwaited else { return }
            if !wire.send(group) {
                // Nothing of it was acknowledged: it is lost with the connection, whether it was queued or not.
                finished.append((group, .failure(.connectionLost(wire.reason))))
                lose(id, wire.reason)
            }
        }

        private mutating func flushAll() {
            for (id, entry) in wires where !entry.wire.flush() { lose(id, entry.wire.reason) }
        }

        private mutating func wait() {
            let mayBlock = loop.inbox.withLock { inbox in
                inbox.isAsleep = inbox.jobs.isEmpty
                return inbox.isAsleep
            }
            polled.removeAll(keepingCapacity: true)
            polledIDs.removeAll(keepingCapacity: true)
            polled.append(pollfd(fd: loop.doorbell, events: Int16(POLLIN), revents: 0))
            var isWaiting = false
            for (id, entry) in wires {
                let events = entry.wire.wantsToWrite ? POLLIN | POLLOUT : POLLIN
                polled.append(pollfd(fd: entry.wire.descriptor, events: Int16(events), revents: 0))
                polledIDs.append(id)
                isWaiting = isWaiting || entry.wire.groupsInFlight > 0
            }
            let timeout: Int32 = mayBlock ? (isWaiting ? 50 : -1) : 0
            let ready = poll(&polled, nfds_t(polled.count), timeout)
            guard ready > 0 else { return }
            if polled[0].revents != 0 {
                var count: eventfd_t = 0
                eventfd_read(loop.doorbell, &count)
            }
            for (index, id) in polledIDs.enumerated() where polled[index + 1].revents != 0 {
                guard let wire = wires[id]?.wire else { continue }
                if !wire.receive(&finished) || !wire.flush() { lose(id, wire.reason) }
            }
        }

        /// Answers outside of every lock, when a round of reading or sending is over.
        private mutating func answer() {
            for (group, outcome) in finished { group.finish(outcome) }
            finished.removeAll(keepingCapacity: true)
        }

        /// Answers groups whose deadline has passed; closes a connection whose server answers nothing at all.
        private mutating func giveUpLate() {
            let now = ContinuousClock.now
            guard now >= nextScan else { return }
            nextScan = now + Self.scanInterval
            for (id, entry) in wires {
                var isStuck = false
                for group in entry.wire.abandon() where group.deadline < now {
                    group.finish(.failure(.deadlineExceeded))
                    isStuck = isStuck || group.deadline + Self.patience < now
                }
                if isStuck { lose(id, "the server does not answer") }
            }
        }

        private mutating func lose(_ id: WireID, _ reason: String) {
            guard let entry = wires.removeValue(forKey: id) else { return }
            fail(entry.wire.abandon(), reason)
            entry.onLost(reason)
        }

        private mutating func fail(_ groups: [PostgresGroup], _ reason: String) {
            for group in groups { finished.append((group, .failure(.connectionLost(reason)))) }
        }
    }
}

/// Threads of our own, for work that waits.
enum DedicatedThread {
    static func start(_ body: @escaping @Sendable () -> Void) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        precondition(code == 0, "no thread: \(code)")
        pthread_detach(thread)
    }

    /// Runs a blocking body on a thread of its own and waits for it without blocking.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let outcome: Result<Value, PostgresError> = await withUnsafeContinuation { waiter in
            start {
                do throws(PostgresError) {
                    waiter.resume(returning: .success(try body()))
                } catch {
                    waiter.resume(returning: .failure(error))
                }
            }
        }
        return try outcome.get()
    }
}
