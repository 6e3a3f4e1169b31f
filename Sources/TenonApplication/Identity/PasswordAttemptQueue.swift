internal import Synchronization
internal import TenonDomain

/// Limits how many password attempts run at a time for one account from one address in this process: as many as are free
/// of charge. The others wait. So parallel attempts with the right password do not count as guesses, and parallel guesses
/// get no further than guesses one after the other.
final class PasswordAttemptQueue: Sendable {
    static let patience = Duration.seconds(5)
    /// For one account from one address; further attempts are refused.
    static let maxWaiting = 64

    private struct Line {
        var underway = 0
        var waiting = 0
    }

    private let lines = Mutex<[[UInt8]: Line]>([:])
    private let width: Int

    init(width: Int) {
        self.width = max(1, width)
    }

    /// Waits for a turn. Fails with `tooManyAttempts` where too many wait, or for too long. `end` gives the turn back.
    func take(_ key: [UInt8]) async throws(Failure) {
        guard !enters(key, isNew: true) else { return }
        guard waits(key) else { throw Self.refusal }
        defer { change(key) { $0.waiting -= 1 } }
        var (waited, pause) = (Duration.zero, Duration.milliseconds(10))
        while waited < Self.patience {
            do { try await Task.sleep(for: pause) } catch { throw Failure(.cancelled, "The work was given up.") }
            if enters(key, isNew: false) { return }
            waited += pause
            pause = min(pause * 2, .milliseconds(100))
        }
        throw Self.refusal
    }

    func end(_ key: [UInt8]) {
        change(key) { $0.underway -= 1 }
    }

    /// New attempts do not overtake waiting ones.
    private func enters(_ key: [UInt8], isNew: Bool) -> Bool {
        change(key) { line in
            guard line.underway < width, !isNew || line.waiting == 0 else { return false }
            line.underway += 1
            return true
        }
    }

    private func waits(_ key: [UInt8]) -> Bool {
        change(key) { line in
            guard line.waiting < Self.maxWaiting else { return false }
            line.waiting += 1
            return true
        }
    }

    private func change<Result>(_ key: [UInt8], _ body: (inout Line) -> Result) -> Result {
        lines.withLock { lines in
            var line = lines[key] ?? Line()
            defer { lines[key] = line.underway + line.waiting == 0 ? nil : line }
            return body(&line)
        }
    }

    private static let refusal = Failure(.tooManyAttempts, "Try again later.", retryAfter: .seconds(1))
}
