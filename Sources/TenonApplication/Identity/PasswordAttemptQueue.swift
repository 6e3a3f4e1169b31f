internal import Synchronization
internal import TenonDomain

/// How many try a password at a time, on one account from one address and in one process: as many as may try for nothing.
/// The others wait. So who is right in all of them is not taken for somebody who guesses, and whoever guesses at once gets
/// as far as one guess after the other would.
final class AttemptTurns: Sendable {
    static let patience = Duration.seconds(5)
    /// For one account from one address; whoever comes then is turned away.
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

    /// Fails with `tooManyAttempts` where too many wait, or for too long. `end` gives the turn back.
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

    /// Nobody overtakes those who wait already.
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
