import Glibc
import TenonDomain

/// The processes of PostgreSQL that belong to one data folder, as `/proc` shows them.
struct ClusterProcesses: Sendable {
    /// PostgreSQL's own folder.
    let data: ClusterFile
    let clusterName: String
    let account: ClusterAccount

    enum Belonging {
        case ours
        case foreign
        /// It may be ours; nothing is done to it and PostgreSQL itself decides.
        case unknown
    }

    /// All that run, the postmaster and its children.
    func running() -> [pid_t] {
        ClusterFile("/proc").entries.compactMap { pid_t($0) }.filter { belonging(of: $0) == .ours }
    }

    func belonging(of process: pid_t) -> Belonging {
        let entry = ClusterFile("/proc/\(process)")
        // A zombie, or one that is ending, has no command line left.
        guard let owner = entry.status?.st_uid, owner == account.user,
            entry.appending("comm").lines()?.first == "postgres",
            let command = entry.appending("cmdline").read(), !command.isEmpty
        else { return .foreign }
        // Its current folder tells for sure, but without CAP_SYS_PTRACE root doesn't see another user's.
        var current = stat()
        if stat(entry.appending("cwd").path, &current) == 0 {
            return data.status.map { $0.isSame(as: current) } ?? false ? .ours : .foreign
        }
        if errno == ENOENT { return .foreign }
        let words = command.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        let isOurs = words.contains(data.path) || words.first?.hasPrefix("postgres: \(clusterName): ") ?? false
        return isOurs ? .ours : .unknown
    }

    /// Stops whatever runs, first by that signal, then by harder ones. Blocks until nothing is left.
    func stop(
        _ control: ClusterControl, patience: Duration, report: (EmbeddedClusterEvent) -> Void
    ) throws(Failure) {
        var left = running()
        guard !left.isEmpty else { return }
        let postmaster = PostmasterFile(data)?.process
        for process in left where postmaster == nil || !left.contains(postmaster!) || process == postmaster {
            report(.stoppingOutlived(process: process))
        }
        if let postmaster, left.contains(postmaster) {
            // Its children are its own matter: a fast shutdown, then an immediate one.
            for (number, time) in [(SIGINT, patience), (SIGQUIT, .seconds(10))] {
                kill(postmaster, number)
                if waitForEnd(of: left, control, atMost: time) { return }
            }
            left = running()
        }
        // Children without a postmaster have nothing to finish: what they acknowledged is on disk.
        for (number, time) in [(SIGQUIT, Duration.seconds(5)), (SIGKILL, .seconds(10))] {
            for process in left { kill(process, number) }
            if waitForEnd(of: left, control, atMost: time) { return }
            left = running()
        }
        throw .cluster("PostgreSQL process \(left.first ?? 0) of \(data.path) cannot be ended.")
    }

    /// Whether nothing is left. The whole of `/proc` is read only when those that were known are gone.
    private func waitForEnd(of known: [pid_t], _ control: ClusterControl, atMost time: Duration) -> Bool {
        control.wait(atMost: time) {
            !known.contains { belonging(of: $0) == .ours } && running().isEmpty
        }
    }
}
