/// One server-sent event.
public struct ServerSentEvent: Sendable, Equatable {
    /// `message` where the stream names none.
    public let name: String
    public let data: String
    /// The last id that the stream had given when the event came; empty before the first.
    public let lastID: String
}

/// Takes a `text/event-stream` apart as it arrives, whatever the boundaries of its pieces (WHATWG HTML §9.2.6).
public struct EventStreamParser: Sendable {
    /// The most bytes of one event, and of one line.
    public static let maxBytes = 16 << 20

    private var line: [UInt8] = []
    /// A line feed after a carriage return belongs to it.
    private var followsCarriageReturn = false
    private var isFirstLine = true
    private var name = ""
    private var data: [UInt8] = []
    private var hasData = false
    private var id = ""

    /// The id of the newest event that is complete, for `Last-Event-ID`; a stream may give one without data.
    public private(set) var lastID = ""
    /// How long the server asks a client to wait before it comes back; nil where it did not say.
    public private(set) var retry: Duration?

    public init() {}

    /// The events that end within these bytes. Fails with `unexpectedAnswer` where an event is longer than
    /// `maxBytes`; the stream cannot be read on then.
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
        // A line that begins with its colon is a comment, and names no field.
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
