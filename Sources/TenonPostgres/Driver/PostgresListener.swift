internal import CLibPQ
internal import Glibc
internal import Synchronization
internal import TenonDomain

/// LISTEN on a connection of its own, reconnected by itself.
final class PostgresListener: Sendable {
    enum Event: Sendable, Equatable {
        case notification(channel: String, payload: String)
        /// Notifications from now on may be missed.
        case lost
        /// Listening (again); whatever was notified before is unknown.
        case listening
    }

    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let doorbell: Int32
    private let isStopped = Atomic<Bool>(false)

    /// Starts a thread that listens on the channels until `stop`. Channel names are identifiers of ours.
    init(_ configuration: PostgresConfiguration, channels: [String]) {
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024))
        doorbell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(doorbell >= 0, "no eventfd")
        DedicatedThread.start { [self] in
            var backoff = Backoff()
            while !isStopped.load(ordering: .acquiring) {
                if let connection = try? configuration.connect() {
                    backoff.reset()
                    listen(connection, channels)
                    PQfinish(connection)
                    continuation.yield(.lost)
                }
                if !isStopped.load(ordering: .acquiring) { wait(nil, for: backoff.next()) }
            }
            continuation.finish()
            close(doorbell)
        }
    }

    func stop() {
        if !isStopped.exchange(true, ordering: .acquiringAndReleasing) { eventfd_write(doorbell, 1) }
    }

    private func listen(_ connection: OpaquePointer, _ channels: [String]) {
        for channel in channels {
            let result = PQexec(connection, "LISTEN \"\(channel)\"")
            defer { PQclear(result) }
            guard PQresultStatus(result) == PGRES_COMMAND_OK else { return }
        }
        continuation.yield(.listening)
        while !isStopped.load(ordering: .acquiring) {
            while let notification = PQnotifies(connection) {
                continuation.yield(
                    .notification(
                        channel: String(cString: notification.pointee.relname),
                        payload: String(cString: notification.pointee.extra)))
                PQfreemem(notification)
            }
            wait(PQsocket(connection), for: nil)
            guard PQconsumeInput(connection) == 1 else { return }
        }
    }

    /// Until the socket has something, the time is over, or `stop`.
    private func wait(_ socket: Int32?, for delay: Duration?) {
        var polled = [pollfd(fd: doorbell, events: Int16(POLLIN), revents: 0)]
        if let socket { polled.append(pollfd(fd: socket, events: Int16(POLLIN), revents: 0)) }
        poll(&polled, nfds_t(polled.count), delay.map { Int32($0.milliseconds) } ?? -1)
    }
}
