public import TenonDomain
internal import TenonKit

/// A private PostgreSQL cluster that lives as long as the service does: made when its data folder is
/// empty, reached by a unix socket only, never run as root, started again when it ends by itself. It
/// recovers at the next start from `kill -9` of the service, of PostgreSQL, and in the middle of its
/// own making.
///
/// An instance starts and stops once. One thread of its own does all that blocks.
public final class EmbeddedCluster: Sendable {
    private let control = ClusterControl()
    private let started = ClusterPromise<Result<ClusterConnection, Failure>>()
    private let ended = ClusterPromise<Void>()
    private let launch: @Sendable () throws(Failure) -> Void

    /// `report` hears of every step, on the cluster's own thread; it should return soon.
    public convenience init(
        _ settings: EmbeddedClusterSettings, report: @escaping @Sendable (EmbeddedClusterEvent) -> Void = { _ in }
    ) {
        self.init(settings, waitsForUsers: false, report: report)
    }

    init(
        _ settings: EmbeddedClusterSettings, waitsForUsers: Bool,
        report: @escaping @Sendable (EmbeddedClusterEvent) -> Void
    ) {
        let supervisor = ClusterSupervisor(
            settings: settings, control: control, report: report, started: started, waitsForUsers: waitsForUsers)
        let ended = ended
        launch = { () throws(Failure) in
            try DedicatedThread.startOfCluster("tenon-cluster") {
                supervisor.run()
                ended.fulfil(())
            }
        }
    }

    deinit { control.requestStop() }

    /// Starts the cluster and returns when it takes connections; the second time it only returns.
    /// Cancelling the task stops the cluster.
    ///
    /// Throws `clusterInUse` where another process keeps the folder, `clusterUnavailable` for all else
    /// that is in the way, and `cancelled`. Each detail is one line for the operator.
    @discardableResult
    public func start() async throws(Failure) -> ClusterConnection {
        if control.firstLaunch() {
            do throws(Failure) { try launch() } catch {
                started.fulfil(.failure(error))
                ended.fulfil(())
            }
        }
        let result = await withTaskCancellationHandler {
            await started.value()
        } onCancel: {
            control.requestStop()
        }
        return try result.get()
    }

    /// Starts the cluster where it isn't and keeps it until `stop` is called or the task is cancelled;
    /// returns when it is down. While it runs it throws nothing: what goes wrong is reported and tried
    /// again.
    public func run() async throws(Failure) {
        try await start()
        await withTaskCancellationHandler {
            await ended.value()
        } onCancel: {
            control.requestStop()
        }
    }

    /// Shuts the cluster down, and returns when it is down and the data folder free.
    public func stop() async {
        control.requestStop()
        if control.firstLaunch() {
            started.fulfil(.failure(.startGivenUp))
            ended.fulfil(())
        }
        await ended.value()
    }
}
