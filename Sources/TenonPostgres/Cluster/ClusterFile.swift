import Glibc
import TenonDomain

/// A file or folder by its path, with what a cluster does to it. Nothing here follows a link at the
/// last step, since some of these folders belong to a user with fewer rights than ours.
struct ClusterFile: Sendable, Hashable {
    let path: String

    init(_ path: String) { self.path = path }

    func appending(_ name: String) -> ClusterFile { ClusterFile(path == "/" ? "/\(name)" : "\(path)/\(name)") }

    /// The folder this stands in; of an absolute path only.
    var parent: ClusterFile {
        guard let slash = path.lastIndex(of: "/"), slash > path.startIndex else { return ClusterFile("/") }
        return ClusterFile(String(path[..<slash]))
    }

    /// The last step of the path.
    var name: String { path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path }

    /// Nil where nothing is there, or nothing can be seen.
    var status: stat? {
        var status = stat()
        return lstat(path, &status) == 0 ? status : nil
    }

    var isThere: Bool { status != nil }

    /// The content from an offset on, at most `limit` bytes; nil where it can't be read.
    func read(from offset: Int = 0, limit: Int = 65_536) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        lseek(descriptor, offset, SEEK_SET)
        var bytes = [UInt8](repeating: 0, count: limit)
        var count = 0
        while count < limit {
            let got = bytes.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress! + count, limit - count) }
            if got < 0 && errno == EINTR { continue }
            if got <= 0 { break }
            count += got
        }
        return Array(bytes[..<count])
    }

    func lines() -> [String]? {
        read().map { String(decoding: $0, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false) }?
            .map(String.init)
    }

    /// Puts a file of that content in place in one step: a reader sees the old one or the new one.
    func replace(with bytes: [UInt8], owner: ClusterAccount) throws(Failure) {
        let next = ClusterFile(path + ".next")
        unlink(next.path)
        let descriptor = open(next.path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cluster("\(path) cannot be written", errno: errno) }
        var written = 0
        var code: Int32 = 0
        while written < bytes.count && code == 0 {
            let count = bytes.withUnsafeBytes { write(descriptor, $0.baseAddress! + written, bytes.count - written) }
            if count < 0 && errno != EINTR { code = errno }
            written += max(count, 0)
        }
        if code == 0 && fchown(descriptor, owner.user, owner.group) != 0 { code = errno }
        if code == 0 && fsync(descriptor) != 0 { code = errno }
        close(descriptor)
        if code == 0 && rename(next.path, path) != 0 { code = errno }
        guard code == 0 else {
            unlink(next.path)
            throw .cluster("\(path) cannot be written", errno: code)
        }
    }

    /// Makes a folder with exactly that mode, whatever the process's mask says. One that another process of ours has
    /// made a moment before is finished by both.
    func makeFolder(mode: mode_t, owner: ClusterAccount) throws(Failure) {
        guard mkdir(path, 0o700) == 0 || errno == EEXIST, chown(path, owner.user, owner.group) == 0,
            chmod(path, mode) == 0
        else {
            throw .cluster("The folder \(path) cannot be made", errno: errno)
        }
    }

    /// Makes what was renamed or made in this folder last.
    func synchronize() throws(Failure) {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .cluster("The folder \(path) cannot be opened", errno: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw .cluster("The folder \(path) cannot be synced", errno: errno) }
    }

    /// Removes it with all that is in it.
    func remove() throws(Failure) {
        // A process that is just ending may still write here; then the folder isn't empty at first.
        for attempt in 1... {
            if Self.remove(path, in: AT_FDCWD) { return }
            guard errno == ENOTEMPTY, attempt < 20 else { break }
            usleep(10_000)
        }
        throw .cluster("\(path) cannot be removed", errno: errno)
    }

    private static func remove(_ name: String, in folder: Int32) -> Bool {
        if unlinkat(folder, name, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM else { return false }
        let descriptor = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0, let stream = fdopendir(descriptor) else { return false }
        defer { closedir(stream) }
        for entry in entries(of: stream) {
            guard remove(entry, in: descriptor) else { return false }
        }
        return unlinkat(folder, name, AT_REMOVEDIR) == 0
    }

    /// The names in this folder; none where it can't be read.
    var entries: [String] {
        guard let stream = opendir(path) else { return [] }
        defer { closedir(stream) }
        return Self.entries(of: stream)
    }

    private static func entries(of stream: OpaquePointer) -> [String] {
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }
}

extension stat {
    var isFolder: Bool { st_mode & S_IFMT == S_IFDIR }
    /// Whether both are one and the same file.
    func isSame(as other: stat) -> Bool { st_dev == other.st_dev && st_ino == other.st_ino }
}
