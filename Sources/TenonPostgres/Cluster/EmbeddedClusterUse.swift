import Glibc
public import TenonDomain

extension EmbeddedCluster {
    /// Gives `body` the cluster of a data folder: the one that a running service keeps there or, where
    /// there is none, one that is started for as long as the body runs. What the body throws is thrown. Fails with
    /// `clusterMissing` where the folder has no cluster: this function makes none.
    ///
    /// A service that keeps the cluster may stop in the meantime; another caller of this function waits
    /// for the body to end.
    public static func use<Value: Sendable>(
        _ settings: EmbeddedClusterSettings,
        report: @escaping @Sendable (EmbeddedClusterEvent) -> Void = { _ in },
        _ body: (ClusterConnection) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        guard ClusterFolder(root: ClusterFile(settings.dataFolder)).data.isThere else {
            throw Failure(
                .clusterMissing,
                "There is no database in the data folder \(settings.dataFolder): name another one, or start the service "
                    + "once, which makes it.")
        }
        let end = ContinuousClock.now + settings.startDeadline
        while true {
            if let running = try ClusterVisit(settings) {
                do throws(Failure) {
                    let value = try await body(running.connection)
                    running.end()
                    return value
                } catch {
                    running.end()
                    throw error
                }
            }
            let cluster = EmbeddedCluster(settings, waitsForUsers: true, report: report)
            let connection: ClusterConnection
            do throws(Failure) {
                connection = try await cluster.start()
            } catch {
                // Somebody holds the lock and isn't ready yet, or not gone yet: both pass.
                guard error.code == .clusterInUse, ContinuousClock.now < end else { throw error }
                do { try await Task.sleep(for: .milliseconds(20)) } catch { throw .startGivenUp }
                continue
            }
            do throws(Failure) {
                let value = try await body(connection)
                await cluster.stop()
                return value
            } catch {
                await cluster.stop()
                throw error
            }
        }
    }
}

/// The use of a cluster that another process keeps.
struct ClusterVisit: ~Copyable {
    let connection: ClusterConnection
    private let lock: ClusterLock

    /// Nil where no cluster runs, or is about to stop.
    init?(_ settings: EmbeddedClusterSettings) throws(Failure) {
        let root = ClusterFile(settings.dataFolder)
        let folder = ClusterFolder(root: root)
        guard folder.description.isThere, let lock = try ClusterLock(folder.users, .shared) else { return nil }
        // A service that was killed leaves a description behind, but no lock.
        if try ClusterLock(folder.lock, .shared) != nil { return nil }
        guard let connection = folder.description.read().flatMap(ClusterConnection.init(json:)),
            ClusterLock.holder(of: folder.lock) == connection.serviceProcess,
            kill(connection.postmasterProcess, 0) == 0 || errno == EPERM,
            ClusterSocketFolder.hasSocket(connection.socketFolder)
        else { return nil }
        self.connection = connection
        self.lock = lock
    }

    /// Lets the keeper stop.
    consuming func end() { lock.release() }
}
