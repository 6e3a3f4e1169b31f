import Glibc
import TenonDomain

/// Starts the server of one cluster, and stops it.
struct ClusterPostmaster: Sendable {
    let folder: ClusterFolder
    let programs: ClusterPrograms
    let binaries: ClusterBinaries
    let settings: EmbeddedClusterSettings
    let control: ClusterControl
    let report: @Sendable (EmbeddedClusterEvent) -> Void

    /// Starts it and returns when it takes connections.
    func start(socketFolder: ClusterFile) throws(Failure) -> ClusterChild {
        report(.starting(version: binaries.version))
        let (child, logOffset) = try programs.start(
            binaries.postgres, arguments(socketFolder), deathSignal: "INT")
        let began = ContinuousClock.now
        var nextReport = Duration.seconds(5)
        var showsLife = false
        while true {
            if let exit = child.exit {
                throw .cluster("PostgreSQL did not start: \(programs.reason(from: logOffset, exit))")
            }
            let took = ContinuousClock.now - began
            if let file = PostmasterFile(folder.data), file.process == child.process {
                showsLife = true
                if file.isReady {
                    report(.ready(process: child.process, took: took))
                    return child
                }
            }
            if control.shouldStop {
                stop(child)
                throw .startGivenUp
            }
            if !showsLife && took > settings.startDeadline {
                stop(child)
                throw .cluster("PostgreSQL showed no sign of life for \(settings.startDeadline.components.seconds) s.")
            }
            if took > nextReport {
                report(.recovering(since: took))
                nextReport = took + .seconds(5)
            }
            control.wait(.milliseconds(5))
        }
    }

    /// A fast shutdown: transactions are rolled back, a checkpoint is written. Harder ones follow.
    func stop(_ child: ClusterChild) {
        report(.stopping(process: child.process))
        programs.end(child, [(SIGINT, settings.stopDeadline), (SIGQUIT, .seconds(10)), (SIGKILL, .seconds(10))]) {
            report(.stoppingAtOnce(process: child.process))
        }
    }

    /// What is given here can't be overridden by `ALTER SYSTEM`; all else is PostgreSQL's default.
    private func arguments(_ socketFolder: ClusterFile) -> [String] {
        let fixed = [
            ("listen_addresses", ""),
            ("unix_socket_directories", "\"\(socketFolder.path)\""),
            ("unix_socket_permissions", "0700"),
            ("port", "\(ClusterConnection.ownPort)"),
            ("cluster_name", folder.clusterName),
            ("max_connections", "\(settings.maxConnections)"),
            ("shared_buffers", "\(settings.sharedBuffers)MB"),
            ("fsync", "on"),
            ("full_page_writes", "on"),
            ("synchronous_commit", "on"),
            ("wal_compression", "on"),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("log_destination", "stderr"),
            ("logging_collector", "off"),
            ("log_line_prefix", "%m [%p] "),
            // Neither statements nor rows in the log: they may hold secrets.
            ("log_statement", "none"),
            ("log_error_verbosity", "terse"),
            ("log_min_error_statement", "panic"),
            ("log_parameter_max_length", "0"),
        ]
        return ["-D", folder.data.path] + fixed.flatMap { ["-c", "\($0.0)=\($0.1)"] }
    }
}
