internal import CLibPQ
internal import Glibc
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// LISTEN on a connection and a thread of its own, reconnected by itself.
final class PostgresListener: Sendable {
    enum Event: Sendable, Equatable {
        case notification(channel: String, payload: String)
        /// Notifications from now on may be missed.
        case lost
        /// Listening (again); whatever was notified before is unknown.
        case listening
    }

    /// For one reader. One that falls 1,024 events behind loses the oldest.
    let events: AsyncStream<Event>
    private let continuation: AsyncStream<Event>.Continuation
    private let configuration: PostgresConfiguration
    private let channels: [String]
    private let doorbell: Int32
    private let isStopped = Atomic<Bool>(false)

    /// Starts the thread, which listens on the channels until `stop`. Fails where there is no thread.
    init(_ configuration: PostgresConfiguration, channels: [String]) throws(PostgresError) {
        self.configuration = configuration
        self.channels = channels
        (events, continuation) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1024))
        doorbell = eventfd(0, Int32(EFD_CLOEXEC) | Int32(EFD_NONBLOCK))
        precondition(doorbell >= 0, "no eventfd")
        do throws(ThreadError) {
            try DedicatedThread.start("tenon-pg-listen") { [self] in keepListening() }
        } catch {
            throw PostgresError(error)
        }
    }

    deinit {
        close(doorbell)
    }

    /// Ends the connection, the thread and the events, after an attempt to connect that may be under way.
    func stop() {
        if !isStopped.exchange(true, ordering: .acquiringAndReleasing) { eventfd_write(doorbell, 1) }
    }

    private var mustEnd: Bool { isStopped.load(ordering: .acquiring) }

    private func keepListening() {
        var backOff = BackOff.connecting
        while !mustEnd {
            if let connection = try? configuration.connect() {
                if subscribe(connection) {
                    backOff.reset()
                    continuation.yield(.listening)
                    deliver(from: connection)
                    continuation.yield(.lost)
                }
                PQfinish(connection)
            }
            if !mustEnd { wait(nil, for: backOff.next()) }
        }
        continuation.finish()
    }

    private func subscribe(_ connection: OpaquePointer) -> Bool {
        channels.allSatisfy { channel in
            let quoted = channel.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"")
            let result = PQexec(connection, "LISTEN \"\(quoted)\"")
            defer { PQclear(result) }
            return PQresultStatus(result) == PGRES_COMMAND_OK
        }
    }

    /// Until the connection breaks, or `stop`.
    private func deliver(from connection: OpaquePointer) {
        while !mustEnd {
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
