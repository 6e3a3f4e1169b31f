internal import Foundation

/// A thousand watchers of one namespace by server-sent events: how soon a change reaches them, against a bare loop that
/// writes the same bytes to as many connections; and what memory a silent one takes.
struct WatchBench {
    let folder: String

    private static let watchers = 1000
    private static let changes = 25
    private static let silentWatchers = 5000
    private static let environment = ["TENON_MAX_CONNECTIONS_PER_ADDRESS": "20000"]

    func run() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        try changes()
        try memory()
    }

    private func changes() throws {
        let bare = try Served(
            ["fan-out", "--readers", "\(Self.watchers)"], port: 18_131, program: CommandLine.arguments[0])
        defer { bare.stop() }
        while bare.isRunning {
            // Its first connection is a reader already, so the one that tries is kept.
            if let readers = try? opened(bare) { return try changes(against: bare, readers) }
            usleep(10_000)
        }
    }

    private func opened(_ bare: Served) throws -> EventReaders {
        let readers = EventReaders()
        try readers.open(Self.watchers, bare)
        return readers
    }

    private func changes(against bare: Served, _ bareReaders: EventReaders) throws {
        guard let source = bare.connectIdle() else { throw Shell.Failed(description: "the bare loop is gone") }
        defer { close(source) }
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_132, environment: Self.environment)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        let readers = EventReaders()
        try readers.open(Self.watchers, tenon, Self.request(session))

        var comparison = Comparison(
            "change to watcher, median of \(Self.watchers), against a bare loop that writes as many bytes to as many",
            in: .milliseconds, aim: nil)
        var delays: [Double] = []
        var expected: [String] = []
        for change in 1...Self.changes {
            let (begun, revision) = try put(change, tenon, session, readers)
            expected.append("\(revision).0")
            let ours = readers.times.map { ($0 - begun) * 1000 }
            let bareBegun = bareReaders.now()
            guard send(source, readers.newest, readers.newest.count, Int32(MSG_NOSIGNAL)) == readers.newest.count
            else { throw Shell.Failed(description: "the bare loop does not read") }
            try bareReaders.wait(forEvents: change)
            let limit = bareReaders.times.map { ($0 - bareBegun) * 1000 }
            // The first one makes room in every buffer.
            if change == 1 { continue }
            delays += ours
            comparison.add(ours: ours.median, limit: limit.median)
        }
        try readers.listen(seconds: 1)
        guard readers.ids.allSatisfy({ $0 == expected }) else {
            throw Shell.Failed(description: "a watcher missed a change, or saw one twice or out of order")
        }
        comparison.report()
        print(
            """
              over \(delays.count) events: median \(delays.median.hundredths) ms \
            (under 200 ms: \(delays.median < 200 ? "met" : "MISSED")), p99 \(delays.percentile99.hundredths) ms, \
            longest \((delays.max() ?? .nan).hundredths) ms; each watcher saw each change once and in order
            """)
    }

    private static func request(_ session: Session) -> String {
        """
        GET /api/v1/namespaces/\(session.namespace)/watch HTTP/1.1\r\nHost: localhost\r\n\
        Authorization: Bearer \(session.token)\r\nAccept: text/event-stream\r\n\r\n
        """
    }

    /// When the request was sent, and the revision that it made, once every watcher has been told of it.
    private func put(
        _ change: Int, _ tenon: Served, _ session: Session, _ readers: EventReaders
    ) throws -> (begun: Double, revision: Int) {
        let body = #"{"value":"value number \#(change)","value_type":"string"}"#
        let request = """
            PUT /api/v1/namespaces/\(session.namespace)/configs/watched HTTP/1.1\r\nHost: localhost\r\n\
            Authorization: Bearer \(session.token)\r\nContent-Type: application/json\r\n\
            Content-Length: \(body.utf8.count)\r\nConnection: close\r\n\r\n\(body)
            """
        guard let descriptor = tenon.connectIdle() else { throw Shell.Failed(description: "no connection") }
        defer { close(descriptor) }
        let begun = readers.now()
        _ = send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL))
        try readers.wait(forEvents: change)
        var buffer = [UInt8](repeating: 0, count: 16_384)
        let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_WAITALL))
        let answer = String(decoding: buffer[..<max(0, count)], as: UTF8.self)
        let parts = answer.components(separatedBy: "\r\n\r\n")
        let json = try JSONSerialization.jsonObject(with: Data(parts[parts.count - 1].utf8)) as? [String: Any]
        guard let revision = json?["revision"] as? Int else {
            throw Shell.Failed(description: "a change was answered \(answer)")
        }
        return (begun, revision)
    }

    private func memory() throws {
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_133, environment: Self.environment)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        let before = try tenon.residentKilobytes()
        let readers = EventReaders()
        try readers.open(Self.silentWatchers, tenon, Self.request(session))
        let after = try tenon.residentKilobytes()
        let each = Double(after - before) / Double(Self.silentWatchers)
        print(
            """
            \(Self.silentWatchers) silent watchers: \(each.hundredths) KiB of memory each \
            (\(before / 1024) MiB before, \(after / 1024) MiB with them)
            """)
    }
}
