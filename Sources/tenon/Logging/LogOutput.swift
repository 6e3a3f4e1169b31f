internal import Glibc
internal import Synchronization

/// Standard output for log lines. Lines of everyday are gathered for some milliseconds, so that a busy service does not
/// make a system call for each; urgent ones are written at once, after what was gathered.
final class LogOutput: Sendable {
    private static let patience = Duration.milliseconds(20)
    private static let capacity = 32 << 10

    private struct State {
        var lines: [UInt8] = []
        var isFlushDue = false
    }

    private let state = Mutex(State())

    func put(_ line: [UInt8], isUrgent: Bool) {
        let mustSchedule = state.withLock { state in
            state.lines += line
            state.lines.append(UInt8(ascii: "\n"))
            if isUrgent || state.lines.count >= Self.capacity {
                Self.write(&state.lines)
                return false
            }
            defer { state.isFlushDue = true }
            return !state.isFlushDue
        }
        guard mustSchedule else { return }
        Task {
            try? await Task.sleep(for: Self.patience)
            flush()
        }
    }

    /// Writes what was gathered; at the end of the process at the latest.
    func flush() {
        state.withLock { state in
            state.isFlushDue = false
            Self.write(&state.lines)
        }
    }

    private static func write(_ lines: inout [UInt8]) {
        lines.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = Glibc.write(1, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                guard written > 0 || errno == EINTR else { return }
                rest = rest.dropFirst(max(0, written))
            }
        }
        lines.removeAll(keepingCapacity: true)
    }
}
