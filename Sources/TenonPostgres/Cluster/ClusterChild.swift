import Dispatch
import Glibc
import Synchronization
import TenonDomain
import TenonKit

/// How a process ended.
enum ClusterExit: Sendable, Hashable, CustomStringConvertible {
    case status(Int32)
    case signal(Int32)

    var isSuccess: Bool { self == .status(0) }

    var description: String {
        switch self {
        case .status(let code): "exit status \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

/// A child process with a thread of its own that starts it, waits for it and so leaves no zombie. That
/// one thread does both has a reason: the kernel sends a parent's death signal when the *thread* that
/// made the child ends, and this one ends after it.
final class ClusterChild: Sendable {
    let process: pid_t
    private let ending: Mutex<ClusterExit?>

    private init(process: pid_t) {
        self.process = process
        ending = Mutex(nil)
    }

    /// Nil while it runs.
    var exit: ClusterExit? { ending.withLock { $0 } }

    /// Nothing happens where it has ended: its number may be another's by now.
    func signal(_ number: Int32) {
        ending.withLock { ending in
            if ending == nil { kill(process, number) }
        }
    }

    /// Starts a program and returns when it runs; blocks for that long. `onExit` is called on the
    /// child's thread.
    static func start(
        _ command: ClusterCommand, onExit: @escaping @Sendable () -> Void
    ) throws(Failure) -> ClusterChild {
        let handOver = ClusterHandOver()
        try DedicatedThread.startOfCluster("tenon-pg-child") {
            do throws(Failure) {
                let child = ClusterChild(process: try command.spawn())
                handOver.give(.success(child))
                child.waitForEnd()
                onExit()
            } catch {
                handOver.give(.failure(error))
            }
        }
        return try handOver.take().get()
    }

    /// Runs on the child's thread.
    private func waitForEnd() {
        var info = siginfo_t()
        while waitid(P_PID, id_t(process), &info, WEXITED | WNOWAIT) != 0 && errno == EINTR {}
        ending.withLock { ending in
            var status: Int32 = 0
            while waitpid(process, &status, 0) < 0 && errno == EINTR {}
            let number = status & 0x7F
            ending = number == 0 ? .status(status >> 8 & 0xFF) : .signal(number)
        }
    }
}

/// Carries the outcome of a start from the child's thread to the one that waits for it.
private final class ClusterHandOver: Sendable {
    private let outcome = Mutex<Result<ClusterChild, Failure>?>(nil)
    private let isThere = DispatchSemaphore(value: 0)

    func give(_ result: Result<ClusterChild, Failure>) {
        outcome.withLock { $0 = result }
        isThere.signal()
    }

    func take() -> Result<ClusterChild, Failure> {
        isThere.wait()
        return outcome.withLock { $0! }
    }
}
