import Foundation

/// A client's socket on which anything can be sent, in any pace. What may wait does so on a thread of its own, since the
/// server needs the cooperative ones.
struct RawConnection: Sendable {
    private let descriptor: Int32

    /// `receiveBuffer` makes the kernel take little for a client that does not read.
    static func open(_ port: Int, receiveBuffer: Int32? = nil) async -> RawConnection {
        await onThread {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            if var size = receiveBuffer {
                setsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &size, socklen_t(MemoryLayout<Int32>.size))
            }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = in_port_t(port).bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let size = socklen_t(MemoryLayout<sockaddr_in>.size)
            _ = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { Glibc.connect(descriptor, $0, size) }
            }
            return RawConnection(descriptor: descriptor)
        }
    }

    static func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: body()) }
        }
    }

    /// False where the server does not take it any more.
    @discardableResult
    func send(_ bytes: [UInt8]) async -> Bool {
        await Self.onThread {
            setTimeout(SO_SNDTIMEO, .seconds(60))
            var rest = bytes[...]
            while !rest.isEmpty {
                let sent = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard sent > 0 else { return false }
                rest = rest.dropFirst(sent)
            }
            return true
        }
    }

    @discardableResult
    func send(_ text: String) async -> Bool { await send(Array(text.utf8)) }

    /// One byte at a time, until the server has had enough of it.
    func trickle(_ text: String, every pause: Duration) async {
        for byte in text.utf8 {
            guard await send([byte]) else { return }
            try? await Task.sleep(for: pause)
        }
    }

    func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

    func close() { Glibc.close(descriptor) }

    /// Everything up to the end, or up to the text; `isClosed` says which.
    func receive(until text: String? = nil, within limit: Duration = .seconds(60)) async -> Received {
        await Self.onThread {
            setTimeout(SO_RCVTIMEO, limit)
            let wanted = text.map { Array($0.utf8) }
            var received: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = recv(descriptor, &buffer, buffer.count, 0)
                guard count > 0 else {
                    let isClosed = count == 0 || errno == ECONNRESET
                    return Received(text: String(decoding: received, as: UTF8.self), isClosed: isClosed)
                }
                received += buffer.prefix(count)
                if let wanted, received.firstRange(of: wanted) != nil {
                    return Received(text: String(decoding: received, as: UTF8.self), isClosed: false)
                }
            }
        }
    }

    /// One read of at most so many bytes; none at the end. With a pause one read after each, for a time, on one thread: a
    /// client that takes what it wants at its own pace.
    func receive(upTo count: Int, every pause: Duration? = nil, for time: Duration = .zero) async -> [UInt8] {
        await Self.onThread {
            setTimeout(SO_RCVTIMEO, .seconds(60))
            let end = ContinuousClock.now + time
            var all: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: count)
            repeat {
                let received = recv(descriptor, &buffer, count, 0)
                guard received > 0 else { break }
                all += buffer.prefix(received)
                if let pause { Thread.sleep(forTimeInterval: pause / .seconds(1)) }
            } while ContinuousClock.now < end
            return all
        }
    }

    private func setTimeout(_ option: Int32, _ limit: Duration) {
        let parts = limit.components
        var time = timeval(tv_sec: Int(parts.seconds), tv_usec: Int(parts.attoseconds / 1_000_000_000_000))
        setsockopt(descriptor, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
    }
}

/// What a connection gave.
struct Received: Sendable {
    let text: String
    let isClosed: Bool

    /// Of every answer, in order.
    var statuses: [Int] {
        text.matches(of: /HTTP\/1\.[01] ([0-9]{3}) [A-Z]/).compactMap { Int($0.output.1) }
    }

    var code: String? {
        text.firstMatch(of: /"code":"([a-z_]+)"/).map { String($0.output.1) }
    }

    /// Without its name, of the first answer.
    func field(_ name: String) -> String? {
        let head = text.components(separatedBy: "\r\n\r\n")[0].components(separatedBy: "\r\n")
        return head.first { $0.lowercased().hasPrefix(name.lowercased() + ": ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }
}

extension ServedTenon {
    func connection(receiveBuffer: Int32? = nil) async -> RawConnection {
        await RawConnection.open(port, receiveBuffer: receiveBuffer)
    }

    /// Sends it all and reads until the server closes, or for too long.
    func exchange(_ text: String, within limit: Duration = .seconds(60)) async -> Received {
        await exchange(Array(text.utf8), within: limit)
    }

    func exchange(_ bytes: [UInt8], within limit: Duration = .seconds(60)) async -> Received {
        let connection = await self.connection()
        defer { connection.close() }
        await connection.send(bytes)
        return await connection.receive(within: limit)
    }

    /// A line of `/metrics`.
    func metric(_ name: String) async throws -> Int? {
        let lines = try await send("GET", "/metrics").body.split(separator: "\n")
        return lines.first { $0.hasPrefix(name + " ") }.flatMap { Int($0.dropFirst(name.count + 1)) }
    }
}
