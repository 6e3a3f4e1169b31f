internal import Glibc
internal import Synchronization
internal import TenonApplication
internal import TenonDomain

/// Shows a command's progress on standard error: a bar on a terminal, elsewhere a line for every tenth.
final class ProgressMeter: Sendable {
    private static let width = 30

    private let what: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    /// The tenth of the last line, and whether an unfinished line shows a bar.
    private let state = Mutex<(tenth: Int, hasBar: Bool)>((-1, false))

    init(_ what: String) {
        self.what = what
    }

    @Sendable func show(_ progress: RotationProgress) {
        guard progress.total > 0 else { return }
        let counts = "\(progress.done) of \(progress.total) \(what)"
        let tenth = progress.done * 10 / progress.total
        state.withLock { state in
            if isTerminal {
                let filled = Self.width * progress.done / progress.total
                let bar = String(repeating: "#", count: filled) + String(repeating: "-", count: Self.width - filled)
                write("\r[\(bar)] \(counts)")
                state.hasBar = true
            } else if tenth != state.tenth {
                write("\(counts)\n")
            }
            state.tenth = tenth
        }
    }

    /// Waits, and reports it.
    @Sendable func wait(_ duration: Duration) async throws(Failure) {
        end()
        write("waiting \(duration.components.seconds + 1) seconds for processes that still use an older key\n")
        do {
            try await Task.sleep(for: duration)
        } catch {
            throw Failure(.cancelled, "The command was cancelled.")
        }
    }

    /// Ends the bar's line.
    func end() {
        state.withLock { state in
            if state.hasBar { write("\n") }
            state.hasBar = false
        }
    }

    private func write(_ text: String) {
        _ = Glibc.write(STDERR_FILENO, text, text.utf8.count)
    }
}
