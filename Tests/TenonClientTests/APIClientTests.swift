import Foundation
import Synchronization
import TenonClient
import TenonDomain
import TenonKit
import Testing

@Suite struct APIClientTests {
    @Test(
        "An error answer is a failure of the kind that its status stands for",
        arguments: [
            (401, .unauthenticated), (403, .denied), (404, .notFound), (409, .conflict), (412, .stale), (422, .invalid),
            (428, .unconditional), (429, .exhausted), (503, .unavailable), (500, .bug),
        ] as [(Int, FailureKind)])
    func problems(status: Int, kind: FailureKind) async throws {
        let server = try FakeServer { _ in
            FakeServer.Reply(
                status: "\(status) X",
                pieces: [
                    #"{"code":"a_code","detail":"A detail.","request_id":"req_1","tenants":["a"],"#,
                    ##""errors":[{"pointer":"#/value","code":"c","detail":"d"},{"parameter":"limit","detail":"e"}]}"##,
                ])
        }
        try await server.withTransport { transport in
            let client = APIClient(over: transport, as: .token(Secret("hunter2")))
            let failure = await failure { _ = try await client.send(APIRequest(.get, "namespaces")) }
            #expect(failure?.code.slug == "a_code")
            #expect(failure?.code.kind == kind)
            #expect(failure?.detail == "A detail.")
            #expect(failure?.members == ["request_id": "req_1", "tenants": ["a"]])
            #expect(failure?.violations.map(\.pointer) == ["/value", "?limit"])
        }
        #expect(server.requests.map { $0.fields["authorization"] } == ["Bearer hunter2"])
    }

    @Test("A redirection is told, and no field of the request goes there")
    func redirection() async throws {
        let other = try FakeServer { _ in .json([]) }
        let target = "http://127.0.0.1:\(other.port)/api/v1/namespaces"
        let server = try FakeServer { _ in FakeServer.Reply(status: "307 X", fields: ["Location: \(target)"]) }
        try await server.withTransport { transport in
            let client = APIClient(over: transport, as: .token(Secret("hunter2")))
            let failure = await failure { _ = try await client.send(APIRequest(.get, "namespaces")) }
            #expect(failure?.code == .unexpectedAnswer)
            #expect(failure?.detail.contains(target) == true)
        }
        #expect(other.requests.isEmpty)
    }

    @Test("What is not Tenon, and what does not listen, is told apart")
    func strangers() async throws {
        let page = try FakeServer { _ in FakeServer.Reply(status: "200 OK", pieces: ["<html>"]) }
        try await page.withTransport { transport in
            let client = APIClient(over: transport, as: .none)
            let strange = await failure { _ = try await client.items(APIRequest(.get, "namespaces")) }
            #expect(strange?.code == .unexpectedAnswer)
        }
        for address in ["http://127.0.0.1:1", "http://no-such-host.invalid"] {
            let transport = try HTTPTransport(to: ServerAddress(address), as: "tests")
            let client = APIClient(over: transport, as: .none)
            let nobody = await failure { _ = try await client.send(APIRequest(.get, "namespaces")) }
            #expect(nobody?.code == .serverUnreachable)
            #expect(nobody?.detail.hasPrefix(address) == true)
            await transport.close()
        }
    }

    @Test("Parts of a path and parameters cannot become other parts")
    func encoding() async throws {
        let server = try FakeServer { _ in .json([:]) }
        try await server.withTransport { transport in
            let client = APIClient(over: transport, as: .none)
            _ = try await client.send(
                APIRequest(.get, "namespaces", "a/../b?c#d", "é %").parameter("search", "x&limit=1 +").parameter(
                    "tag", nil))
        }
        #expect(
            server.requests.map(\.target) == [
                "/api/v1/namespaces/a%2F..%2Fb%3Fc%23d/%C3%A9%20%25?search=x%26limit%3D1%20%2B"
            ])
    }

    @Test("A list is read to its last page")
    func pages() async throws {
        let server = try FakeServer { request in
            request.target.contains("cursor=two")
                ? .json(["items": [3], "next_cursor": .null]) : .json(["items": [1, 2], "next_cursor": "two"])
        }
        try await server.withTransport { transport in
            let client = APIClient(over: transport, as: .none)
            let items = try await client.items(APIRequest(.get, "namespaces").parameter("search", "x"))
            #expect(items == [1, 2, 3])
        }
        #expect(server.requests.last?.target == "/api/v1/namespaces?search=x&limit=100&cursor=two")
    }

    @Test(
        "A watch that is cut off goes on where it was, with each change once and resets told, until the namespace is gone"
    )
    func watch() async throws {
        let streams: [FakeServer.Reply] = [
            .events(["retry: 1\n\n:\n\n"]), .problem(503, "service_unavailable", "Later."),
            .events(["id: 5.0\nevent: chan", "ge\ndata: {\"n\":1}\n\nid: 5.1\nevent: change\nda"]),
            .events(["id: 5.1\nevent: change\ndata: {\"n\":2}\n\nevent: other\ndata: x\n\n"]),
            .events(["id: 1000000005\nevent: reset\ndata: {\"revision\":1000000005}\n\n"]),
            .events(["id: 1000000006.0\nevent: change\ndata: {\"n\":3}\n\nevent: end\ndata: {}\n\n"]),
        ]
        let left = Mutex(streams[...])
        let server = try FakeServer { request in
            if request.target == "/api/v1/namespaces/ns_1" { return .json(["id": "ns_1", "revision": 4]) }
            return left.withLock { $0.popFirst() } ?? .problem(500, "internal_error", "There are no more.")
        }
        let seen = Mutex<[ChangeWatch.Event]>([])
        try await server.withTransport { transport in
            let watch = ChangeWatch(
                APIClient(over: transport, as: .none), namespaceID: "ns_1",
                pauses: .milliseconds(1)...(.milliseconds(2)))
            let end = await failure {
                try await watch.run { change throws(Failure) in seen.withLock { $0.append(change) } }
            }
            #expect(end?.code == .namespaceNotFound)
        }
        #expect(
            seen.withLock { $0 } == [
                .change(["n": 1]), .change(["n": 2]), .reset(revision: 1_000_000_005), .change(["n": 3]),
            ])
        #expect(
            server.requests.dropFirst().map { $0.fields["last-event-id"] }
                == ["4", "4", "4", "5.0", "5.1", "1000000005"])
    }
}
