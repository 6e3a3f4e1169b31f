import Testing

@testable import TenonKit

@Suite struct EventStreamParserTests {
    private func events(_ pieces: [[UInt8]]) throws -> [ServerSentEvent] {
        var parser = EventStreamParser()
        return try pieces.flatMap { piece in try parser.take(piece[...]) }
    }

    @Test("Fields, comments, line ends, a byte order mark and several lines of data are read as the standard says")
    func standard() throws {
        let stream = """
            \u{FEFF}:hello\r\nretry: 1500\r\rid: 1.0\nevent:change\ndata: {"a":\ndata:1}\n\nid\nnonsense: 1\ndata\n\n\
            event: nothing\n\nid: 7\n\ndata:  two spaces\nid: a\u{0}b\n\ndata: never ended\n
            """
        var parser = EventStreamParser()
        let events = try parser.take(Array(stream.utf8)[...])
        #expect(
            events == [
                ServerSentEvent(name: "change", data: "{\"a\":\n1}", lastID: "1.0"),
                ServerSentEvent(name: "message", data: "", lastID: ""),
                ServerSentEvent(name: "message", data: " two spaces", lastID: "7"),
            ])
        #expect(parser.retry == .milliseconds(1500))
        #expect(parser.lastID == "7")
    }

    @Test("Where a stream is cut into pieces changes nothing")
    func boundaries() throws {
        let stream = Array(
            "\u{FEFF}id: 1\r\nevent: é\r\ndata: x\r\n\r\n:\r\rdata: y\ndata: z\n\r\nid: 2\n\ndata: 🙂\n\n".utf8)
        let whole = try events([stream])
        #expect(whole.map(\.data) == ["x", "y\nz", "🙂"])
        for first in 0...stream.count {
            for second in first...stream.count {
                let pieces = [stream[..<first], stream[first..<second], stream[second...]].map { Array($0) }
                #expect(try events(pieces) == whole)
            }
        }
    }

    @Test("An id counts once its event is complete")
    func incomplete() throws {
        var parser = EventStreamParser()
        _ = try parser.take(Array("id: 1\ndata: x\n\nid: 2\ndata: y\n".utf8)[...])
        #expect(parser.lastID == "1")
        _ = try parser.take(Array("\n".utf8)[...])
        #expect(parser.lastID == "2")
    }

    @Test("An event without end is given up")
    func tooLong() throws {
        for line in [
            "data: " + String(repeating: "x", count: 1 << 20), "data: " + String(repeating: "x", count: 1 << 20) + "\n",
        ] {
            var parser = EventStreamParser()
            let piece = Array(line.utf8)
            #expect(throws: KitError.self) {
                for _ in 0...(EventStreamParser.maxBytes >> 20) { _ = try parser.take(piece[...]) }
            }
        }
    }
}
