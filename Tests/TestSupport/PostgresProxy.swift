internal import Foundation
internal import Glibc
internal import Synchronization

/// Stands between a program and a PostgreSQL server, on a unix socket of its own, and loses the answers to COMMIT when it
/// is told to: the server has committed, and the connection ends before the program hears of it.
public final class PostgresProxy: Sendable {
    private let folder: String
    private let target: String
    private let listener: Int32
    private let isLosing = Atomic<Bool>(false)
    private let lost = Atomic<Int>(0)

    /// CommandComplete with the tag COMMIT, as it stands on the wire.
    private static let committed = Data([UInt8(ascii: "C"), 0, 0, 0, 11] + Array("COMMIT".utf8) + [0])

    /// Listens until it is closed.
    public init(to server: PostgresServer) throws {
        let parameters = Dictionary(uniqueKeysWithValues: server.parameters)
        target = "\(parameters["host"]!)/.s.PGSQL.\(parameters["port"]!)"
        folder = "/tmp/tenon-proxy-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        listener = try Self.socket(at: "\(folder)/.s.PGSQL.5432", bind)
        guard listen(listener, 64) == 0 else { throw TestProcess.Failed(description: "no listener: \(errno)") }
        Thread { [self] in accept() }.start()
    }

    /// libpq's parameters for the server's superuser through the proxy.
    public var parameters: [(String, String)] {
        [("host", folder), ("port", "5432"), ("user", "postgres"), ("dbname", "postgres")]
    }

    /// Answers to COMMIT that were lost.
    public var lostCommits: Int { lost.load(ordering: .acquiring) }

    public func loseCommits(_ isLosing: Bool) {
        self.isLosing.store(isLosing, ordering: .releasing)
    }

    /// Takes no more connections.
    public func close() {
        shutdown(listener, Int32(SHUT_RDWR))
        try? FileManager.default.removeItem(atPath: folder)
    }

    private func accept() {
        defer { Glibc.close(listener) }
        while true {
            let client = Glibc.accept(listener, nil, nil)
            guard client >= 0 else { return }
            guard let server = try? Self.socket(at: target, connect) else {
                Glibc.close(client)
                continue
            }
            let group = DispatchGroup()
            for (from, to, isAnswer) in [(client, server, false), (server, client, true)] {
                group.enter()
                Thread { [self] in
                    copy(from, to, isAnswer)
                    for end in [from, to] { shutdown(end, Int32(SHUT_RDWR)) }
                    group.leave()
                }.start()
            }
            group.notify(queue: .global()) { for end in [client, server] { Glibc.close(end) } }
        }
    }

    private func copy(_ from: Int32, _ to: Int32, _ isAnswer: Bool) {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(from, &bytes, bytes.count)
            guard count > 0 else { return }
            if isAnswer, isLosing.load(ordering: .acquiring), Data(bytes[..<count]).range(of: Self.committed) != nil {
                lost.add(1, ordering: .acquiringAndReleasing)
                return
            }
            var sent = 0
            while sent < count {
                let more = bytes.withUnsafeBytes {
                    send(to, $0.baseAddress! + sent, count - sent, Int32(MSG_NOSIGNAL))
                }
                guard more > 0 else { return }
                sent += more
            }
        }
    }

    private static func socket(
        at path: String, _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws -> Int32 {
        let made = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let length = socklen_t(MemoryLayout<sockaddr_un>.size)
        let code = withUnsafeBytes(of: &address) {
            use(made, $0.baseAddress!.assumingMemoryBound(to: sockaddr.self), length)
        }
        guard code == 0 else {
            Glibc.close(made)
            throw TestProcess.Failed(description: "no socket at \(path): \(errno)")
        }
        return made
    }
}
