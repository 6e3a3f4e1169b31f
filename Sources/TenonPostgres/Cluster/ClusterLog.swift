import Glibc
import TenonDomain

/// PostgreSQL's log, a file that one earlier generation is kept of.
struct ClusterLog: Sendable {
    let file: ClusterFile

    private static let maxSize = 10 << 20

    /// Opens it to append, as a descriptor that the caller closes, and tells how long it is.
    func open() throws(Failure) -> (descriptor: Int32, size: Int) {
        if let status = file.status, status.st_size > Self.maxSize { rename(file.path, file.path + ".1") }
        let descriptor = Glibc.open(file.path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .cluster("\(file.path) cannot be written", errno: errno) }
        return (descriptor, lseek(descriptor, 0, SEEK_END))
    }

    /// Why a program that wrote after that offset failed, in one line.
    func reason(from offset: Int) -> String {
        let size = Int(file.status?.st_size ?? 0)
        let bytes = file.read(from: max(offset, size - 16_384), limit: 16_384) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        if lines.contains(where: { $0.contains("No space left on device") }) {
            return "the disk of \(file.parent.path) is full"
        }
        let telling = lines.last { line in ["FATAL:", "PANIC:", "error:", "ERROR:"].contains { line.contains($0) } }
        guard let line = telling ?? lines.last else { return "it says nothing in \(file.path)" }
        return "\(line.prefix(300)) (more in \(file.path))"
    }
}
