import Glibc
public import TenonDomain
internal import TenonKit

extension FailureCode {
    public static let clusterUnavailable = FailureCode(
        "cluster_unavailable", .unavailable, "The private PostgreSQL cluster is unavailable",
        "The private PostgreSQL cluster cannot be started, found or kept.")
    public static let clusterInUse = FailureCode(
        "cluster_in_use", .conflict, "Another process uses the data folder",
        "Another process of ours holds the data folder.")
    public static let clusterMissing = FailureCode(
        "cluster_missing", .notFound, "The data folder has no database",
        "Operators' commands work on a database that the service made; they make none.")
}

extension Failure {
    /// One line that says what is wrong with the cluster and what to do.
    static func cluster(_ detail: String) -> Failure { Failure(.clusterUnavailable, detail) }

    /// The same for a call to the system that failed: `detail` and the reason after a colon.
    static func cluster(_ detail: String, errno code: Int32) -> Failure {
        .cluster("\(detail): \(String(cString: strerror(code)))")
    }
}

extension DedicatedThread {
    /// Fails with `clusterUnavailable` where the system gives no thread.
    static func startOfCluster(_ name: StaticString, _ body: @escaping @Sendable () -> Void) throws(Failure) {
        do throws(ThreadError) {
            try start(name, body)
        } catch {
            throw .cluster("\(error)")
        }
    }
}
