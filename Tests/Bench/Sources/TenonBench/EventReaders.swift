internal import Foundation

/// Many connections of one thread on which server-sent events come, and when each came.
final class EventReaders {
    private static let patience = 30.0

    private let clock = ContinuousClock.now
    private var descriptors: [Int32] = []
    /// What has come of an event that is not whole yet.
    private var pending: [[UInt8]] = []
    private var isOpen: [Bool] = []
    /// Of the events, by connection.
    private(set) var ids: [[String]] = []
    /// When the newest event came, by connection.
    private(set) var times: [Double] = []
    /// The bytes of the first connection's newest event, with what frames it.
    private(set) var newest: [UInt8] = []
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    deinit {
        for descriptor in descriptors { close(descriptor) }
    }

    /// Seconds.
    func now() -> Double { (ContinuousClock.now - clock).inSeconds }

    /// Connects; `request` is sent where there is one, and its answer's head waited for.
    func open(_ count: Int, _ served: Served, _ request: String? = nil) throws {
        // The service lets so many wait.
        let batch = 200
        while descriptors.count < count {
            for _ in 0..<min(batch, count - descriptors.count) {
                guard let descriptor = served.connectIdle() else {
                    throw Shell.Failed(description: "a connection was not to be had")
                }
                descriptors.append(descriptor)
                pending.append([])
                isOpen.append(request == nil)
                ids.append([])
                times.append(0)
                if let request { _ = send(descriptor, request, request.utf8.count, Int32(MSG_NOSIGNAL)) }
            }
            try read { self.isOpen[$0] }
        }
    }

    /// Until so many events have come on every connection.
    func wait(forEvents count: Int) throws {
        try read { self.ids[$0].count >= count }
    }

    /// Reads what comes within this time.
    func listen(seconds: Double) throws {
        let end = now() + seconds
        try read { _ in self.now() >= end }
    }

    private func read(until isDone: (Int) -> Bool) throws {
        let end = now() + Self.patience
        var waiting = descriptors.indices.filter { !isDone($0) }
        while !waiting.isEmpty {
            guard now() < end else { throw Shell.Failed(description: "\(waiting.count) watchers were not told") }
            var watched = waiting.map { pollfd(fd: descriptors[$0], events: Int16(POLLIN), revents: 0) }
            if poll(&watched, nfds_t(watched.count), 100) > 0 {
                for (place, index) in waiting.enumerated() where watched[place].revents != 0 { try receive(index) }
            }
            waiting.removeAll(where: isDone)
        }
    }

    private func receive(_ index: Int) throws {
        let count = recv(descriptors[index], &buffer, buffer.count, Int32(MSG_DONTWAIT))
        guard count > 0 else { throw Shell.Failed(description: "the service closed a watcher's connection") }
        let moment = now()
        pending[index].append(contentsOf: buffer[..<count])
        while let end = Self.endOfBlock(pending[index]) {
            let block = pending[index][..<end]
            if !isOpen[index] {
                guard block.starts(with: "HTTP/1.1 200".utf8) else {
                    throw Shell.Failed(description: "a watcher was answered \(String(decoding: block, as: UTF8.self))")
                }
                isOpen[index] = true
            } else if let id = Self.id(block) {
                ids[index].append(id)
                times[index] = moment
                if index == 0 { newest = pending[index] }
            }
            pending[index].removeFirst(end)
        }
    }

    /// After the empty line that ends an event.
    private static func endOfBlock(_ bytes: [UInt8]) -> Int? {
        bytes.withUnsafeBufferPointer { bytes in
            var at = 1
            while at < bytes.count {
                if bytes[at] == 10, bytes[at - 1] == 10 { return at + 1 }
                at += 1
            }
            return nil
        }
    }

    /// Of the line `id: …`; what frames a chunk stands in lines of its own before it.
    private static func id(_ block: ArraySlice<UInt8>) -> String? {
        for line in block.split(separator: 10).prefix(4) where line.starts(with: "id: ".utf8) {
            return String(decoding: line.dropFirst(4), as: UTF8.self)
        }
        return nil
    }
}
