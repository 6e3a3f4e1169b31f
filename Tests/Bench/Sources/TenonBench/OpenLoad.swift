internal import Foundation

/// Offers requests at a rate, whether or not the answers keep up: they are due at random moments, as those of many
/// clients are, and each one's time counts from the moment it was due. One thread over many connections.
final class OpenLoad {
    struct Outcome {
        /// Per second.
        var good = 0.0
        /// Answered 503, per second.
        var refused = 0.0
        /// Milliseconds, of the good ones.
        var p99 = 0.0
    }

    private struct Connection {
        let descriptor: Int32
        var due = 0.0
        var isGood = false
        /// Bytes of the answer that are still to come; 0 where none is due.
        var left = 0
    }

    private static let connections = 512

    private let start = ContinuousClock.now
    private let request: [UInt8]
    private var connections: [Connection] = []
    private var free: [Int] = []
    /// When those were due that found no free connection.
    private var backlog: [Double] = []
    private var times: [Double] = []
    private var refusals = 0
    private var watched: [pollfd] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    init(_ served: Served, _ path: String, token: String) throws {
        request = Array(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\r\n".utf8)
        for index in 0..<Self.connections {
            guard let descriptor = served.connectIdle() else { throw Shell.Failed(description: "no connection") }
            connections.append(Connection(descriptor: descriptor))
            free.append(index)
            watched.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
        }
    }

    deinit {
        for connection in connections { close(connection.descriptor) }
    }

    /// What was due in the first second is not counted.
    func run(rate: Double, seconds: Int) throws -> Outcome {
        let begun = now()
        let counted = begun + 1
        let end = counted + Double(seconds)
        var nextDue = begun
        while true {
            let moment = now()
            if moment >= end + 1 { break }
            while nextDue <= moment, nextDue < end {
                backlog.append(nextDue)
                nextDue -= log(Double.random(in: Double.leastNonzeroMagnitude..<1)) / rate
            }
            try sendDue()
            // A millisecond at most: some requests go out that late, and their times say so.
            guard poll(&watched, nfds_t(watched.count), nextDue > now() ? 1 : 0) > 0 else { continue }
            for index in watched.indices where watched[index].revents != 0 {
                try receive(index, countingFrom: counted)
            }
        }
        return Outcome(
            good: Double(times.count) / Double(seconds), refused: Double(refusals) / Double(seconds),
            p99: times.percentile99 * 1000)
    }

    private func sendDue() throws {
        var sent = 0
        while sent < backlog.count, let index = free.popLast() {
            connections[index].due = backlog[sent]
            sent += 1
            guard send(connections[index].descriptor, request, request.count, Int32(MSG_NOSIGNAL)) == request.count
            else { throw Shell.Failed(description: "a request was not taken") }
        }
        backlog.removeFirst(sent)
    }

    private func receive(_ index: Int, countingFrom counted: Double) throws {
        let count = recv(connections[index].descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { throw Shell.Failed(description: "the service closed a connection") }
        if connections[index].left == 0 {
            let status = String(decoding: buffer[9..<12], as: UTF8.self)
            guard status == "200" || status == "503" else {
                throw Shell.Failed(description: "an answer was \(status)")
            }
            connections[index].isGood = status == "200"
            connections[index].left = try lengthOfAnswer()
        }
        connections[index].left -= count
        guard connections[index].left == 0 else { return }
        free.append(index)
        guard connections[index].due >= counted else { return }
        if connections[index].isGood { times.append(now() - connections[index].due) } else { refusals += 1 }
    }

    /// Of the answer that begins the buffer; its head came whole.
    private func lengthOfAnswer() throws -> Int {
        let name = Array("content-length: ".utf8)
        var at = 0
        var length: Int?
        while buffer[at] != 13 || buffer[at + 1] != 10 || buffer[at + 2] != 13 {
            at += 1
            guard at < 2048 else { throw Shell.Failed(description: "an answer has no head") }
            if buffer[at - 1] == 10, (0..<name.count).allSatisfy({ buffer[at + $0] | 0x20 == name[$0] | 0x20 }) {
                length = 0
                var digit = at + name.count
                while (0x30...0x39).contains(buffer[digit]) {
                    length = (length ?? 0) * 10 + Int(buffer[digit] - 0x30)
                    digit += 1
                }
            }
        }
        guard let length else { throw Shell.Failed(description: "an answer has no length") }
        return at + 4 + length
    }

    /// Seconds.
    private func now() -> Double { (ContinuousClock.now - start).inSeconds }
}
