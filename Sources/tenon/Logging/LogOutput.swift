internal import Dispatch
internal import Glibc
internal import Synchronization

/// Writes log lines to standard output on its own queue, so that a reader that stops reading never stops the service.
/// Holds at most 1 MiB of lines; drops and counts the rest.
///
/// Collects ordinary lines for some milliseconds, so that a busy service does not make a system call for each.
final class LogOutput: Sendable {
    static let capacity = 1 << 20
    private static let patience = DispatchTimeInterval.milliseconds(20)
    private static let batch = 32 << 10
    /// How long the process waits for a reader on exit.
    private static let farewell = DispatchTimeInterval.seconds(1)

    private enum Due: Comparable {
        case no, soon, now
    }

    private struct State {
        var lines: [UInt8] = []
        /// Bytes that are being written at the moment.
        var writing = 0
        /// When a write of `lines` is scheduled.
        var due = Due.no
        var dropped = 0
        var droppedInAll = 0
        var noteDrops: (@Sendable (Int) -> Void)?
    }

    private let descriptor: Int32
    private let queue = DispatchQueue(label: "tenon.log")
    private let state = Mutex(State())

    init(descriptor: Int32 = STDOUT_FILENO) {
        self.descriptor = descriptor
    }

    /// Lines dropped since the process started.
    var dropped: Int { state.withLock { $0.droppedInAll } }

    /// Calls `note` with the number of dropped lines when output works again.
    func onDrops(_ note: @escaping @Sendable (Int) -> Void) {
        state.withLock { $0.noteDrops = note }
    }

    /// Never waits. Writes an urgent line at once, after the collected ones.
    func put(_ line: [UInt8], isUrgent: Bool) {
        let due = state.withLock { state -> Due in
            guard state.writing + state.lines.count + line.count < Self.capacity else {
                state.dropped += 1
                state.droppedInAll += 1
                return .no
            }
            state.lines += line
            state.lines.append(UInt8(ascii: "\n"))
            let due = isUrgent || state.lines.count >= Self.batch ? Due.now : .soon
            guard due > state.due else { return .no }
            state.due = due
            return due
        }
        switch due {
        case .no: break
        case .soon: queue.asyncAfter(deadline: .now() + Self.patience) { self.write() }
        case .now: queue.async { self.write() }
        }
    }

    /// Writes the collected lines. Returns when that is done, or after a second without a reader.
    func flush() {
        let done = DispatchSemaphore(value: 0)
        queue.async {
            self.write()
            done.signal()
        }
        _ = done.wait(timeout: .now() + Self.farewell)
    }

    private func write() {
        let lines = state.withLock { state in
            defer { state.lines = [] }
            state.due = .no
            state.writing = state.lines.count
            return state.lines
        }
        lines.withUnsafeBytes { hand(over: $0) }
        let (dropped, note) = state.withLock { state in
            defer { state.dropped = 0 }
            state.writing = 0
            return (state.dropped, state.noteDrops)
        }
        if dropped > 0 { note?(dropped) }
    }

    /// Blocks until the system has accepted all bytes. Gives up if no reader is left.
    private func hand(over bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = Glibc.write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if written > 0 {
                rest = rest.dropFirst(written)
            } else if errno == EAGAIN {
                // Another process that shares the terminal may have switched it to non-blocking.
                var writable = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                poll(&writable, 1, -1)
            } else if errno != EINTR {
                return
            }
        }
    }
}
