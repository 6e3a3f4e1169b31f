/// What happens to a private cluster, for the log. The description is one line without a secret.
public enum EmbeddedClusterEvent: Sendable, Hashable {
    /// A new cluster is being made in that folder.
    case initializing(folder: String)
    /// The new cluster is there.
    case initialized(took: Duration)
    /// What an interrupted run left is being removed.
    case removingLeftovers(folder: String)
    /// A postmaster or a backend that outlived the process it belonged to is being stopped.
    case stoppingOutlived(process: Int32)
    /// PostgreSQL of that major version is being started.
    case starting(version: Int)
    /// PostgreSQL is still starting, most likely because it recovers from a crash.
    case recovering(since: Duration)
    /// The cluster takes connections.
    case ready(process: Int32, took: Duration)
    /// The postmaster ended though nobody asked for it.
    case postmasterDied(process: Int32, how: String)
    /// The next attempt to start comes after that time.
    case restarting(after: Duration)
    /// An attempt to start again failed.
    case restartFailed(reason: String)
    /// The cluster is being shut down.
    case stopping(process: Int32)
    /// The fast shutdown took too long, so an immediate one follows.
    case stoppingAtOnce(process: Int32)
    /// The cluster is down and its data folder is free.
    case stopped
}

extension EmbeddedClusterEvent: CustomStringConvertible {
    public var description: String {
        switch self {
        case .initializing(let folder): "Making a private PostgreSQL cluster in \(folder)"
        case .initialized(let took): "Made the private PostgreSQL cluster in \(took.inMilliseconds) ms"
        case .removingLeftovers(let folder): "Removing what an interrupted run left in \(folder)"
        case .stoppingOutlived(let process): "Stopping PostgreSQL process \(process), which outlived its service"
        case .starting(let version): "Starting PostgreSQL \(version)"
        case .recovering(let since): "PostgreSQL has been starting for \(since.inMilliseconds) ms, it may be recovering"
        case .ready(let process, let took): "PostgreSQL (process \(process)) is ready after \(took.inMilliseconds) ms"
        case .postmasterDied(let process, let how): "PostgreSQL (process \(process)) ended by itself: \(how)"
        case .restarting(let after): "Starting PostgreSQL again in \(after.inMilliseconds) ms"
        case .restartFailed(let reason): "PostgreSQL did not start again: \(reason)"
        case .stopping(let process): "Stopping PostgreSQL (process \(process))"
        case .stoppingAtOnce(let process): "PostgreSQL (process \(process)) takes too long to stop: ending it at once"
        case .stopped: "PostgreSQL is stopped"
        }
    }
}

extension Duration {
    fileprivate var inMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
