internal import Glibc
internal import TenonDomain

/// A backup on its way to a file that only its owner reads. It has its name when it is whole and on disk.
final class BackupWriter: @unchecked Sendable {
    // One thread at a time writes.
    private let path: String
    private let unfinished: String
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private(set) var checksum = FNV1a()
    private var isOpen = false

    private static let bufferSize = 256 << 10

    /// Fails where something stands under the name already.
    init(_ path: String) throws(Failure) {
        self.path = path
        guard access(path, F_OK) != 0 else { throw .backup("\(path) exists: it is not written over.") }
        // Nobody else can have put a file, or a link to one, there before.
        unfinished = "\(path).\(String(UInt64.random(in: 0...UInt64.max), radix: 36)).part"
        descriptor = open(unfinished, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw .backup("\(unfinished) cannot be made", errno) }
        isOpen = true
        guard fchmod(descriptor, 0o600) == 0 else {
            let reason = errno
            abandon()
            throw .backup("\(path) cannot be kept to its owner", reason)
        }
        buffer.reserveCapacity(2 * Self.bufferSize)
    }

    deinit { abandon() }

    func write(_ bytes: some Collection<UInt8>) throws(Failure) {
        checksum.add(bytes)
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferSize { try flush() }
    }

    func write(line: String) throws(Failure) {
        try write(Array((line + "\n").utf8))
    }

    /// Syncs and names it.
    func finish() throws(Failure) {
        try flush()
        guard fsync(descriptor) == 0, rename(unfinished, path) == 0 else {
            throw .backup("\(path) is not whole", errno)
        }
        isOpen = false
        close(descriptor)
    }

    /// Leaves nothing; after `finish` it does nothing.
    func abandon() {
        guard isOpen else { return }
        isOpen = false
        close(descriptor)
        unlink(unfinished)
    }

    private func flush() throws(Failure) {
        var done = 0
        while done < buffer.count {
            let count = buffer.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress! + done, $0.count - done) }
            guard count > 0 || errno == EINTR else { throw .backup("\(path) cannot be written", errno) }
            done += max(0, count)
        }
        buffer.removeAll(keepingCapacity: true)
    }
}
