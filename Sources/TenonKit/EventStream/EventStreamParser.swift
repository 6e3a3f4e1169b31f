/// One server-sent event.
public struct ServerSentEvent: Sendable, Equatable {
    /// `message` if the stream names none.
    public let name: String
    public let data: String
    /// The last id of the stream when the event arrived; empty before the first.
    public let lastID: String
}

/// Parses a `text/event-stream` as it arrives, in pieces of any size (WHATWG HTML §9.2.6).
public struct EventStreamParser: Sendable {
    /// The maximum bytes of one event, and of one line.
    public static let maxBytes = 16 << 20

    private var line: [UInt8] = []
    /// A line feed after a carriage return belongs to it.
    private var followsCarriageReturn = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id = ""

    /// The id of the newest complete event, for `Last-Event-ID`; a stream can send one without data.
    public private(set) var lastID = ""
    /// The server's reconnection time; nil if it sent none.
    public private(set) var retry: Duration?

    public init() {}

    /// The events that end within these bytes. Fails with `unexpectedAnswer` if an event is longer than `maxBytes`;
    /// then the stream cannot be read further.
    public mutating func take(_ bytes: ArraySlice<UInt8>) throws(KitError) -> [ServerSentEvent] {
        var events: [ServerSentEvent] = []
        var rest = bytes
        while let first = rest.first {
            if followsCarriageReturn, first == UInt8(ascii: "\n") { rest.removeFirst() }
            followsCarriageReturn = false
            let end = rest.firstIndex { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } ?? rest.endIndex
            guard line.count + data.count + (end - rest.startIndex) <= Self.maxBytes else {
                throw .invalid("event_too_long", "The server sent an event of more than \(Self.maxBytes) bytes.")
            }
            line += rest[..<end]
            rest = rest[end...]
            guard let terminator = rest.popFirst() else { break }
            followsCarriageReturn = terminator == UInt8(ascii: "\r")
            if let event = endLine() { events.append(event) }
        }
        return events
    }

    private mutating func endLine() -> ServerSentEvent? {
        defer { line.removeAll(keepingCapacity: true) }
        if isFirstLine {
            isFirstLine = false
            if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        }
        guard !line.isEmpty else { return dispatch() }
        let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
        var value = line[colon...].dropFirst()
        if value.first == UInt8(ascii: " ") { value = value.dropFirst() }
        // A line that begins with a colon is a comment without a field.
        switch String(decoding: line[..<colon], as: UTF8.self) {
        case "event": name = String(decoding: value, as: UTF8.self)
        case "data":
            if hasData { data.append(UInt8(ascii: "\n")) }
            data += value
            hasData = true
        case "id": if !value.contains(0) { id = String(decoding: value, as: UTF8.self) }
        case "retry": setRetry(value)
        default: break
        }
        return nil
    }

    private mutating func setRetry(_ value: ArraySlice<UInt8>) {
        guard !value.isEmpty, value.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let milliseconds = Int64(String(decoding: value, as: UTF8.self))
        else { return }
        retry = .milliseconds(milliseconds)
    }

    private mutating func dispatch() -> ServerSentEvent? {
        defer {
            name = ""
            data.removeAll(keepingCapacity: true)
            hasData = false
        }
        lastID = id
        guard hasData else { return nil }
        return ServerSentEvent(
            name: name.isEmpty ? "message" : name, data: String(decoding: data, as: UTF8.self), lastID: lastID)
    }
}
