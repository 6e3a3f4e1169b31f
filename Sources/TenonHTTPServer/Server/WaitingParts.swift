internal import NIOCore
internal import NIOHTTP1

/// Parts of later requests that arrived in one read with the current request, until their turn.
struct WaitingParts {
    private static let most = 16
    private static let mostBytes = 64 << 10

    private var parts = CircularBuffer<HTTPServerRequestPart>()
    private var bytes = 0

    var isEmpty: Bool { parts.isEmpty }
    /// Whether further input should stay undecoded. A read may still bring more.
    var isFull: Bool { parts.count >= Self.most || bytes >= Self.mostBytes }

    mutating func append(_ part: HTTPServerRequestPart) {
        if case .body(let body) = part { bytes += body.readableBytes }
        parts.append(part)
    }

    mutating func popFirst() -> HTTPServerRequestPart? {
        guard let part = parts.popFirst() else { return nil }
        if case .body(let body) = part { bytes -= body.readableBytes }
        return part
    }

    mutating func removeAll() {
        self = WaitingParts()
    }
}
