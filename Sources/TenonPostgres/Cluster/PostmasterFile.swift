import Glibc
import TenonDomain

/// PostgreSQL's `postmaster.pid`: a line each for process, data folder, start time, port, socket folder,
/// address, shared memory and status.
struct PostmasterFile: Sendable, Hashable {
    let process: pid_t
    let isReady: Bool

    static func path(in data: ClusterFile) -> ClusterFile { data.appending("postmaster.pid") }

    /// Nil where there is none or where it is being written.
    init?(_ data: ClusterFile) {
        guard let lines = Self.path(in: data).lines() else { return nil }
        self.init(lines: lines)
    }

    init?(lines: [String]) {
        // A single-user server writes its number with a minus.
        guard let process = lines.first.flatMap({ pid_t($0) }), process != 0 else { return nil }
        self.process = abs(process)
        isReady = lines.count > 7 && lines[7].hasPrefix("ready")
    }

    /// Removes a file that names a process of somebody else's: after a crash the number was given out
    /// again, and PostgreSQL would take that process for a postmaster. Any other it judges itself, and
    /// by its shared memory better than we could.
    static func removeForeign(_ processes: ClusterProcesses) {
        guard let file = PostmasterFile(processes.data), processes.belonging(of: file.process) == .foreign else {
            return
        }
        guard kill(file.process, 0) == 0 || errno == EPERM else { return }
        unlink(path(in: processes.data).path)
    }
}
