internal import TenonClient
internal import TenonKit

enum EventStreamTargets {
    /// A stream has the same events in two pieces, cut where its first byte says, and a byte at a time.
    static func stream(_ bytes: UnsafeRawBufferPointer) {
        guard let first = bytes.first else { return }
        let stream = Array(bytes.dropFirst())
        let cut = min(Int(first), stream.count)
        let whole = events([stream[...]])
        precondition(events([stream[..<cut], stream[cut...]]) == whole, "a cut changes the events")
        precondition(events(stream.indices.map { stream[$0...$0] }) == whole, "single bytes change the events")
        for event in whole {
            precondition(!event.name.isEmpty, "an event has no name")
            precondition(!event.data.contains("\r"), "a line end stands in the data")
        }
    }

    private static func events(_ pieces: [ArraySlice<UInt8>]) -> [ServerSentEvent] {
        var parser = EventStreamParser()
        return pieces.flatMap { piece in
            guard let events = try? parser.take(piece) else { fatalError("a short stream is refused") }
            return events
        }
    }
}
