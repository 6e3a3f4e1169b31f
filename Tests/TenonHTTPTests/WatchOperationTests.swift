import FoundationEssentials
import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import TestSupport
import Testing

/// Changes as they happen, over server-sent events and by long polls.
@Suite struct WatchOperationTests {
    /// The events of a stream, comments and the field `retry` left out.
    private static func events(_ text: String) -> [[String: String]] {
        text.replacing("\r\n", with: "\n").split(separator: "\n\n").compactMap { block in
            var event: [String: String] = [:]
            for line in block.split(separator: "\n") {
                guard let colon = line.firstRange(of: ": ") else { continue }
                event[String(line[..<colon.lowerBound])] = String(line[colon.upperBound...])
            }
            return event["event"] == nil ? nil : event
        }
    }

    private static func ids(_ text: String) -> [String] { events(text).compactMap { $0["id"] } }

    @Test("each change is an event with its position and the entry, and secrets are masked")
    func framing() async throws {
        try await ServedConfiguration.with { served in
            let connection = await served.watch()
            let head = await connection.receive(until: "retry: 1000\n\n")
            #expect(head.statuses == [200] && head.field("content-type") == "text/event-stream")
            try await served.put("a", 1)
            let first = await connection.receive(until: "\n\n\r\n")
            let event = try #require(Self.events(first.text).first)
            #expect(event["event"] == "change" && event["id"] == "2.0")
            let entry = try JSONParser.parse(event["data"] ?? "")
            #expect(entry["key"] == "a" && entry["value"] == 1 && entry["version"] == 1 && entry["revision"] == 2)
            try await served.put("s", "hidden", secret: true)
            let second = await connection.receive(until: "\n\n\r\n")
            #expect(Self.ids(second.text) == ["3.0"] && !second.text.contains("hidden"))
            _ = try await served.send("DELETE", "/configs/a")
            let third = await connection.receive(until: "\n\n\r\n")
            #expect(third.text.contains(#""change":"deleted""#))
            connection.close()
            try await until { served.tenon.table.count == 0 }
        }
    }

    @Test("a stream resumes behind the last event, in the midst of a revision too")
    func resumption() async throws {
        try await ServedConfiguration.with { served in
            _ = try await served.send("POST", "/import", #"{"a":1,"b":2,"c":3}"#)
            try await served.put("d", 4)
            for (query, headers, expected) in [
                ("?since=1", [], ["2.0", "2.1", "2.2", "3.0"]), ("?since=2.0", [], ["2.1", "2.2", "3.0"]),
                ("?since=2", [], ["3.0"]), ("", ["Last-Event-ID: 2.1"], ["2.2", "3.0"]),
                ("?since=2", ["Last-Event-ID: 2.1"], ["2.2", "3.0"]),
            ] {
                let connection = await served.watch(query, headers)
                let received = await connection.receive(until: "id: 3.0\n")
                #expect(Self.ids(received.text + "\n\n").filter { $0 != "3.0" } == expected.dropLast(), "\(query)")
                connection.close()
            }
        }
    }

    @Test("a position that is none, and one that is to come, are 422")
    func badPositions() async throws {
        try await ServedConfiguration.with { served in
            for query in ["since=99", "since=x", "since=1.", "since=1.2.3", "since=-1", "since=%2B1", "wait=61"] {
                #expect(try await served.send("GET", "/watch?\(query)").status == 422, "\(query)")
            }
            #expect(try await served.send("GET", "/watch?wait=0&since=99").status == 422)
            let resumed = try await served.send("GET", "/watch", nil, ["Last-Event-ID: nonsense"])
            #expect(resumed.status == 422)
        }
    }

    @Test("HEAD answers the head of a stream and ends")
    func head() async throws {
        try await ServedConfiguration.with { served in
            let answer = try await served.send("HEAD", "/watch")
            #expect(answer.status == 200 && answer.body.isEmpty)
            #expect(answer.headers["content-type"] == "text/event-stream")
            try await until { served.tenon.table.count == 0 }
        }
    }

    @Test("a namespace that is deleted ends its streams with an event that says so")
    func deletion() async throws {
        try await ServedConfiguration.with { served in
            let connection = await served.watch()
            _ = await connection.receive(until: "retry: 1000\n\n")
            try await served.put("a", 1)
            #expect(try await served.send("DELETE", "?force=true").status == 204)
            let rest = await connection.receive(until: "0\r\n\r\n")
            #expect(Self.events(rest.text).last?["event"] == "end")
            #expect(rest.text.hasSuffix("0\r\n\r\n"))
            connection.close()
        }
    }

    @Test("a stream ends with the token that began it, and tells nothing after that")
    func revocation() async throws {
        try await ServedConfiguration.with { served in
            let token = try served.tenon.token([.viewer], tenant: served.tenant, life: .seconds(2))
            let connection = await served.watch(as: token)
            let head = await connection.receive(until: "retry: 1000\n\n")
            #expect(head.statuses == [200])
            try await until { try await served.tenon.send("GET", served.path, token: token).status == 401 }
            try await served.put("a", "after")
            let rest = await connection.receive(until: "0\r\n\r\n")
            #expect(rest.text.hasSuffix("0\r\n\r\n") && !rest.text.contains("after"))
            connection.close()
        }
    }

    @Test("a long poll answers at once where there is something, and else when there is")
    func longPoll() async throws {
        try await ServedConfiguration.with { served in
            let empty = try await served.send("GET", "/watch?wait=0")
            #expect(empty.status == 200 && empty.json["changes"] == [] && empty.json["position"] == "1")
            #expect(empty.headers["cache-control"]?.contains("no-store") == true)
            try await served.put("a", 1)
            let known = try await served.send("GET", "/watch?wait=60&since=1")
            #expect(known.json["changes"]?.arrayValue?.map { $0["key"] } == ["a"])
            #expect(known.json["position"] == "2.0")
            async let waiting = served.send("GET", "/watch?wait=60&since=2.0")
            try await until { served.tenon.table.count == 1 }
            try await served.put("b", 2)
            let woken = try await waiting
            #expect(woken.json["changes"]?.arrayValue?.map { $0["key"] } == ["b"])
            let over = try await served.send("GET", "/watch?wait=1&since=3.0")
            #expect(over.json["changes"] == [] && over.json["revision"] == 3)
        }
    }

    @Test("whoever asks again with the position of each answer misses nothing while others write")
    func polling() async throws {
        try await ServedConfiguration.with { served in
            async let writing: Void = {
                for value in 1...30 { try await served.put("k\(value % 3)", .integer(Int64(value))) }
            }()
            var seen: [Int64] = []
            var position = "1"
            while seen.count < 30 {
                let answer = try await served.send("GET", "/watch?wait=10&since=\(position)")
                position = try #require(answer.json["position"]?.stringValue)
                seen += answer.json["changes"]?.arrayValue?.compactMap { $0["value"]?.numberValue?.int64 } ?? []
            }
            try await writing
            #expect(seen == Array(1...30))
        }
    }
}
