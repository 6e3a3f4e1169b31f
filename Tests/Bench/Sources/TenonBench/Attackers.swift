internal import Foundation
internal import Synchronization

/// Many clients that send one request each, again and again, until they are stopped. Each has a thread and a connection.
final class Attackers: Sendable {
    enum Behaviour {
        /// Sends the request once and reads nothing.
        case holds
        /// Reads the answer, then asks again on another connection.
        case repeats
        /// Goes away after so many milliseconds, then asks again.
        case aborts(after: UInt32)
    }

    private let served: Served.Endpoint
    private let request: [UInt8]
    private let behaviour: Behaviour
    private let isStopped = Atomic(false)
    private let begun = Atomic(0)
    private let answers = Mutex<[String: Int]>([:])
    private let running: DispatchGroup

    /// `request` is a whole one.
    init(_ served: Served, count: Int, _ behaviour: Behaviour, _ request: [UInt8]) {
        self.served = served.endpoint
        self.request = request
        self.behaviour = behaviour
        running = DispatchGroup()
        for _ in 0..<count {
            running.enter()
            Thread.detachNewThread { [self] in
                while !isStopped.load(ordering: .relaxed) { attack() }
                running.leave()
            }
        }
    }

    /// How many requests were sent, and how many answers of each status came.
    var summary: String {
        let statuses = answers.withLock { $0 }.sorted { $0.key < $1.key }.map { "\($0.value) of \($0.key)" }
        return (["\(begun.load(ordering: .relaxed)) requests"] + statuses).joined(separator: ", ")
    }

    /// Closes all connections.
    func stop() {
        isStopped.store(true, ordering: .relaxed)
        running.wait()
    }

    private func attack() {
        guard let descriptor = served.connect() else {
            _ = usleep(10_000)
            return
        }
        defer { close(descriptor) }
        // The calls come back now and then, to see whether the attack is over.
        var pause = timeval(tv_sec: 0, tv_usec: 50_000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &pause, socklen_t(MemoryLayout<timeval>.size))
        }
        begun.add(1, ordering: .relaxed)
        guard sendAll(descriptor) else { return }
        switch behaviour {
        case .holds: while !isStopped.load(ordering: .relaxed) { usleep(50_000) }
        case .repeats: readAll(descriptor)
        case .aborts(let milliseconds): usleep(1000 * milliseconds)
        }
    }

    private func sendAll(_ descriptor: Int32) -> Bool {
        var sent = 0
        while sent < request.count, !isStopped.load(ordering: .relaxed) {
            let count = request.withUnsafeBytes {
                send(descriptor, $0.baseAddress! + sent, request.count - sent, Int32(MSG_NOSIGNAL))
            }
            if count > 0 { sent += count } else if errno != EAGAIN { return false }
        }
        return sent == request.count
    }

    private func readAll(_ descriptor: Int32) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        var isBegun = false
        while !isStopped.load(ordering: .relaxed) {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno != EAGAIN) { return }
            guard count > 12, !isBegun else { continue }
            isBegun = true
            let status = String(decoding: buffer[9..<12], as: UTF8.self)
            answers.withLock { $0[status, default: 0] += 1 }
        }
    }
}

/// A request of HTTP/1.1 after which the service closes.
func request(
    _ method: String, _ path: String, token: String? = nil, key: String? = nil, type: String = "application/json",
    body: String? = nil, length: Int? = nil
) -> [UInt8] {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
    if let token { head += "Authorization: Bearer \(token)\r\n" }
    if let key { head += "X-API-Key: \(key)\r\n" }
    if let body { head += "Content-Type: \(type)\r\nContent-Length: \(length ?? body.utf8.count)\r\n" }
    return Array((head + "\r\n" + (body ?? "")).utf8)
}
