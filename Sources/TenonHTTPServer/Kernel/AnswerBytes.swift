internal import NIOCore
internal import Synchronization
internal import TenonDomain

/// The bytes of a response: its own, or a document that all its responses share.
enum AnswerBytes: Sendable {
    case own([UInt8])
    case shared(SharedDocument)

    var count: Int {
        switch self {
        case .own(let bytes): bytes.count
        case .shared(let document): document.buffer.readableBytes
        }
    }

    /// Bytes of memory until the socket has accepted everything: its own, and a copy of the piece being written.
    var cost: Int {
        switch self {
        case .own(let bytes): bytes.count + min(bytes.count, ExchangeWriter.piece)
        case .shared: 0
        }
    }

    /// Nil after the end. Does not copy a shared document.
    func piece(from start: Int) -> ByteBuffer? {
        let length = min(ExchangeWriter.piece, count - start)
        guard length > 0 else { return nil }
        switch self {
        case .own(let bytes): return ByteBuffer(bytes: bytes[start..<(start + length)])
        case .shared(let document): return document.buffer.getSlice(at: start, length: length)
        }
    }

    func tag(by digests: any KeyedDigests) -> EntityTag {
        switch self {
        case .own(let bytes): EntityTag(of: bytes, by: digests)
        case .shared(let document): document.tag(by: digests)
        }
    }
}

/// A document that is encoded on first use and then reused.
package final class SharedDocument: Sendable {
    private struct State {
        var buffer: ByteBuffer?
        var tag: EntityTag?
    }

    private let make: @Sendable () -> [UInt8]
    private let state = Mutex(State())

    package init(_ make: @escaping @Sendable () -> [UInt8]) {
        self.make = make
    }

    package convenience init(text: String) {
        self.init { Array(text.utf8) }
    }

    var buffer: ByteBuffer {
        state.withLock { state in
            if let buffer = state.buffer { return buffer }
            let made = ByteBuffer(bytes: make())
            state.buffer = made
            return made
        }
    }

    fileprivate func tag(by digests: any KeyedDigests) -> EntityTag {
        let buffer = self.buffer
        return state.withLock { state in
            if let tag = state.tag { return tag }
            let made = EntityTag(of: Array(buffer.readableBytesView), by: digests)
            state.tag = made
            return made
        }
    }
}
