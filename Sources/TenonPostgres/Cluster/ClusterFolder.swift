import Glibc
import TenonDomain

/// The data folder: what stands in it, and that it is fit for a cluster.
struct ClusterFolder: Sendable {
    let root: ClusterFile

    /// PostgreSQL's own data.
    var data: ClusterFile { root.appending("postgres") }
    /// A cluster that is being made; it gets its name when it is complete.
    var unfinished: ClusterFile { root.appending("postgres.initializing") }
    var log: ClusterFile { root.appending("postgres.log") }
    /// Says where the running cluster is.
    var description: ClusterFile { root.appending("cluster.json") }
    /// Held by whoever keeps the cluster.
    var lock: ClusterFile { root.appending("lock") }
    /// Held, shared, by whoever uses a cluster that another process keeps.
    var users: ClusterFile { root.appending("users") }
    /// Processes of this cluster show it in their titles; it tells them from those of others.
    var clusterName: String {
        ClusterConnection.ownName + (data.status.map { "-" + String($0.st_ino, radix: 16) } ?? "")
    }

    /// PostgreSQL has 1023 bytes for a path and puts names of its own after this one.
    private static let maxPathLength = 900

    /// Finds the folder or makes it, 0700, for root 0711, and sees to it that it is ours alone.
    static func prepare(_ path: String, own: ClusterAccount) throws(Failure) -> ClusterFolder {
        guard !path.isEmpty, !path.utf8.contains(0) else { throw .cluster("The data folder has no usable name.") }
        let root = ClusterFile(try absolute(path))
        if !root.isThere { try make(root, own: own) }
        guard let real = realpath(root.path, nil) else {
            throw .cluster("The data folder \(root.path) cannot be entered", errno: errno)
        }
        defer { free(real) }
        let folder = ClusterFolder(root: ClusterFile(String(cString: real)))
        try folder.verify(own: own)
        return folder
    }

    private static func absolute(_ path: String) throws(Failure) -> String {
        var result = path
        if !path.hasPrefix("/") {
            guard let current = getcwd(nil, 0) else {
                throw .cluster("The current folder is unknown, so the data folder \(path) is too", errno: errno)
            }
            defer { free(current) }
            result = String(cString: current) + "/" + path
        }
        while result.count > 1 && result.hasSuffix("/") { result.removeLast() }
        guard result.utf8.count <= maxPathLength else {
            throw .cluster(
                "The path of the data folder is too long (\(result.utf8.count) bytes, at most \(maxPathLength)).")
        }
        return result
    }

    private static func make(_ folder: ClusterFile, own: ClusterAccount) throws(Failure) {
        if !folder.parent.isThere { try makeParent(folder.parent) }
        try folder.makeFolder(mode: own.user == 0 ? 0o711 : 0o700, owner: own)
        try folder.parent.synchronize()
    }

    private static func makeParent(_ folder: ClusterFile) throws(Failure) {
        if !folder.parent.isThere { try makeParent(folder.parent) }
        guard mkdir(folder.path, 0o755) == 0 || errno == EEXIST else {
            throw .cluster("The folder \(folder.path) cannot be made", errno: errno)
        }
    }

    private func verify(own: ClusterAccount) throws(Failure) {
        guard let status = root.status, status.isFolder else { throw .cluster("\(root.path) is not a folder.") }
        guard status.st_uid == own.user else {
            throw .cluster(
                "The data folder \(root.path) belongs to \(ClusterAccount.describe(status.st_uid)), not to \(own.name)."
            )
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw .cluster("Anybody may write in the data folder \(root.path): do chmod o-w on it.")
        }
        guard access(root.path, R_OK | W_OK | X_OK) == 0 else {
            throw .cluster("The data folder \(root.path) cannot be written", errno: errno)
        }
        guard root.path.utf8.count <= Self.maxPathLength else {
            throw .cluster("The path of the data folder, \(root.path.utf8.count) bytes, is too long.")
        }
    }

    /// Sees to it that PostgreSQL's user can reach its folder: all folders above must let it pass.
    func verifyAccess(for account: ClusterAccount) throws(Failure) {
        var folder = root
        while true {
            guard let status = folder.status, account.canEnter(status) else {
                throw .cluster(
                    "\(folder.path) cannot be entered by the user \(account.name), who runs PostgreSQL: "
                        + "do chmod o+x on it or choose another data folder.")
            }
            if folder.path == "/" { return }
            folder = folder.parent
        }
    }
}
