import Glibc
import TenonDomain

/// The private folder of the socket: under `/tmp`, since a socket's path is short, with a name that
/// nobody can guess and entered by nobody but PostgreSQL's user and root.
struct ClusterSocketFolder: Sendable {
    let folder: ClusterFile

    private static let prefix = "tenon-"
    private static let socket = ".s.PGSQL.\(ClusterConnection.ownPort)"
    /// `sun_path` without its null.
    private static let maxPathLength = 107

    static func make(in parent: String, owner: ClusterAccount) throws(Failure) -> ClusterSocketFolder {
        let template = ClusterFile(parent).appending("\(prefix)XXXXXX").path
        let length = template.utf8.count + 1 + socket.utf8.count
        guard length <= maxPathLength else {
            throw .cluster(
                "The folder for the socket, \(parent), has too long a name: with the socket it would be "
                    + "\(length) bytes, at most \(maxPathLength).")
        }
        // PostgreSQL reads a list there, and mkdtemp an own current folder.
        guard parent.hasPrefix("/"), !parent.contains(where: { "\",\n".contains($0) }) else {
            throw .cluster("The folder for the socket, \(parent), must be absolute, without quotes and commas.")
        }
        let name = strdup(template)!
        defer { free(name) }
        guard mkdtemp(name) != nil, chown(name, owner.user, owner.group) == 0, chmod(name, 0o700) == 0 else {
            throw .cluster("No folder for the socket can be made in \(parent)", errno: errno)
        }
        return ClusterSocketFolder(folder: ClusterFile(String(cString: name)))
    }

    /// One that an earlier run left, if it looks like ours.
    static func leftBehind(_ path: String, parent: String, owner: ClusterAccount) -> ClusterSocketFolder? {
        let folder = ClusterFile(path)
        guard folder.parent.path == parent, path.dropFirst(parent.utf8.count + 1).hasPrefix(prefix),
            let status = folder.status, status.isFolder, status.st_uid == owner.user
        else { return nil }
        return ClusterSocketFolder(folder: folder)
    }

    /// Makes it ready for the next start: the folder is there, and no dead server's socket is.
    func renew(owner: ClusterAccount) throws(Failure) {
        if let status = folder.status {
            guard status.isFolder, status.st_uid == owner.user else {
                throw .cluster("The folder for the socket, \(folder.path), was replaced by somebody else.")
            }
            removeFiles()
        } else {
            try folder.makeFolder(mode: 0o700, owner: owner)
        }
    }

    func remove() {
        removeFiles()
        rmdir(folder.path)
    }

    private func removeFiles() {
        let descriptor = open(folder.path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        unlinkat(descriptor, Self.socket, 0)
        unlinkat(descriptor, Self.socket + ".lock", 0)
        close(descriptor)
    }

    /// Whether a socket stands in that folder.
    static func hasSocket(_ folder: String) -> Bool {
        ClusterFile(folder).appending(socket).status.map { $0.st_mode & S_IFMT == S_IFSOCK } ?? false
    }
}
