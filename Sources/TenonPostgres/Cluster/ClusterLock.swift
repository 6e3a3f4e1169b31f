import Glibc
import TenonDomain

/// A lock on a file, held until it is released or its process ends, however it ends. The file stays:
/// to remove it would let two processes hold locks on two files of one name.
struct ClusterLock: ~Copyable {
    enum Mode {
        case exclusive
        case shared
    }

    private let descriptor: Int32

    /// Nil where another process holds it.
    init?(_ file: ClusterFile, _ mode: Mode) throws(Failure) {
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cluster("\(file.path) cannot be opened", errno: errno) }
        guard flock(descriptor, (mode == .exclusive ? LOCK_EX : LOCK_SH) | LOCK_NB) == 0 else {
            let code = errno
            close(descriptor)
            if code == EWOULDBLOCK || code == EINTR { return nil }
            throw .cluster("\(file.path) cannot be locked", errno: code)
        }
        self.descriptor = descriptor
    }

    /// Writes this process's id into the file, for `holder`.
    func sign() {
        let text = Array("\(getpid())\n".utf8)
        _ = ftruncate(descriptor, 0)
        _ = pwrite(descriptor, text, text.count, 0)
    }

    /// Gives it back; what is dropped is given back too.
    consuming func release() {}

    deinit { close(descriptor) }

    /// The process that signed last.
    static func holder(of file: ClusterFile) -> Int32? {
        file.lines()?.first.flatMap { Int32($0) }
    }

    /// The failure that names who is in the way.
    static func taken(_ folder: ClusterFolder) -> Failure {
        let holder = holder(of: folder.lock).map { " (process \($0))" } ?? ""
        return Failure(.clusterInUse, "Another tenon\(holder) uses this data folder: \(folder.root.path)")
    }
}
