import FoundationEssentials
import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A file of a few types, as an import takes it.
private struct ImportEndpoint: IdempotentEndpoint {
    static let operation = Operation(
        "importThings", .post, "/imports", tag: "Test", summary: "I", description: "I.", access: .signedIn,
        success: .created, takesIdempotencyKey: true, bodyLimit: 32 << 20)

    struct Body: TextBody {
        let bytes: [UInt8]
        let mediaType: String

        static var media: [MediaDescription] {
            [
                MediaDescription("application/json", schema: [:], example: []),
                MediaDescription("application/yaml", schema: ["type": "string"], example: "a: 1"),
                MediaDescription("text/plain", schema: ["type": "string"], example: "a=1"),
            ]
        }
    }

    /// It has no use case that could join.
    func joining(_ transaction: OpenTransaction) -> Self { self }

    struct Reply: ReplyBody {
        let body: Body

        func write(to fields: inout FieldWriter) {
            fields.field("type", body.mediaType)
            fields.field("count", Int64(body.bytes.count))
        }
        static var example: Reply { Reply(body: Body(bytes: [], mediaType: "text/plain")) }
    }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(body: request.body))
    }
}

/// One resource that can be written under conditions.
private enum Thing {
    struct Reply: ReplyBody {
        let text: String

        func write(to fields: inout FieldWriter) { fields.field("text", text) }
        static var example: Reply { Reply(text: "a") }
    }

    struct Body: RequestBody {
        let text: String?

        init(from fields: inout FieldReader) { text = fields.optional("text", as: DisplayName.self)?.text }
    }

    static let stale = FailureCode("thing_stale", .stale, "Stale", "It is another one now.")

    static func operation(_ id: String, _ method: Operation.Method, _ success: AnswerStatus = .ok) -> Operation {
        Operation(
            id, method, "/thing", tag: "Test", summary: "T", description: "T.", access: .open, success: success,
            failures: method == .get ? [] : [stale])
    }
}

private struct PutThing: Endpoint {
    static let operation = Thing.operation("putThing", .put)

    func handle(_ request: EndpointRequest<Thing.Body>) async throws(Failure) -> Answer<Thing.Reply> {
        let conditions = [request.ifMatch, request.ifNoneMatch].map { $0.joined(separator: "|") }
        return Answer(
            Thing.Reply(text: conditions.joined(separator: ";") + ";\(request.wantsFresh)"),
            entityTag: EntityTag(version: 2))
    }
}

private struct PatchThing: Endpoint {
    static let operation = Thing.operation("patchThing", .patch)

    func handle(_ request: EndpointRequest<Thing.Body>) async throws(Failure) -> Answer<Thing.Reply> {
        Answer(Thing.Reply(text: request.body.text ?? ""))
    }
}

private struct DeleteThing: Endpoint {
    static let operation = Thing.operation("deleteThing", .delete, .noContent)

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<NoReply> {
        guard request.ifMatch.isEmpty else { throw Failure(Thing.stale, "It is another one.") }
        return Answer(NoReply())
    }
}

private struct GetThing: Endpoint {
    static let operation = Thing.operation("getThing", .get)

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Thing.Reply> {
        Answer(
            Thing.Reply(text: "\(request.wantsFresh) \(request.lastEventID ?? "")"),
            entityTag: EntityTag(version: 1))
    }
}

@Suite struct WritingOperationTests {
    private static let path = "/v1/thing"

    private func serve(
        _ configure: (inout HTTPServerSettings) -> Void = { _ in },
        _ body: @escaping @Sendable (ServedTenon) async throws -> Void
    ) async throws {
        let things: [any Endpoint] = [GetThing(), PutThing(), PatchThing(), DeleteThing(), ImportEndpoint()]
        try await ServedTenon.with(configure, endpoints: things, body)
    }

    @Test("a deletion is answered 204 without a body, and the connection goes on")
    func noContent() async throws {
        try await serve { tenon in
            let received = await tenon.exchange(
                "DELETE \(Self.path) HTTP/1.1\r\nHost: x\r\n\r\n"
                    + "GET \(Self.path) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            #expect(received.statuses == [204, 200])
            #expect(received.field("cache-control") != nil)
            for name in ["content-type", "content-length", "transfer-encoding", "etag"] {
                #expect(received.field(name) == nil, "\(name)")
            }
        }
    }

    @Test("conditions of a request that changes something are its endpoint's, as they came")
    func conditions() async throws {
        try await serve { tenon in
            func put(_ fields: [String]) async throws -> String? {
                let answer = try await tenon.send("PUT", Self.path, body: "{}", headers: fields)
                #expect(answer.status == 200)
                #expect(answer.headers["etag"] == "\"2\"")
                return answer.json["text"]?.stringValue
            }
            #expect(try await put([]) == ";;false")
            #expect(
                try await put(["If-Match: \"1\", \"7\"", "If-Match: W/\"3\"", "If-None-Match: *"])
                    == "\"1\", \"7\"|W/\"3\";*;false")
            let stale = try await tenon.send("DELETE", Self.path, headers: ["If-Match: \"1\""])
            #expect(stale.status == 412)
            #expect(stale.code == "thing_stale")
            for (field, isFresh) in [
                ("no-cache", true), ("max-age=0", true), ("no-store, Max-Age=0", true), ("max-age=00", false),
                ("only-if-cached", false),
            ] {
                #expect(try await put(["Cache-Control: \(field)"]) == ";;\(isFresh)", "\(field)")
            }
        }
    }

    @Test("a reading operation sees what a client has seen")
    func seen() async throws {
        try await serve { tenon in
            let answer = try await tenon.send("GET", Self.path, headers: ["Last-Event-ID: 42"])
            #expect(answer.json["text"] == "false 42")
            #expect(try await tenon.send("GET", Self.path).json["text"] == "false ")
            let known = try await tenon.send("GET", Self.path, headers: ["If-None-Match: \"1\""])
            #expect(known.status == 304)
            #expect(try await tenon.send("GET", Self.path, headers: ["If-Match: \"2\""]).status == 412)
        }
    }

    @Test("a patch comes as JSON or as a JSON merge patch")
    func patch() async throws {
        try await serve { tenon in
            for type in ["application/json", "application/merge-patch+json", "Application/Merge-Patch+JSON; a=b"] {
                let answer = try await tenon.send(
                    "PATCH", Self.path, body: #"{"text":"b"}"#, headers: ["Content-Type: \(type)"])
                #expect(answer.json["text"] == "b", "\(type)")
            }
            let refused = try await tenon.send("PATCH", Self.path, body: "{}", headers: ["Content-Type: text/plain"])
            #expect(refused.status == 415)
            #expect(refused.headers["accept"] == "application/json, application/merge-patch+json")
            #expect(try await tenon.send("PATCH", Self.path, body: "[]").status == 422)
        }
    }

    @Test("methods follow from the operations, for OPTIONS, 405 and a browser's question")
    func methods() async throws {
        try await serve {
            $0.policies.origins = .listed(["https://app.example"])
        } _: { tenon in
            let all = "DELETE, GET, HEAD, OPTIONS, PATCH, PUT"
            #expect(try await tenon.send("OPTIONS", Self.path).headers["allow"] == all)
            let wrong = try await tenon.send("POST", Self.path, body: "{}")
            #expect(wrong.status == 405)
            #expect(wrong.headers["allow"] == all)
            let may = try await tenon.send(
                "OPTIONS", Self.path, headers: ["Origin: https://app.example", "Access-Control-Request-Method: PUT"])
            #expect(may.headers["access-control-allow-methods"] == all)
            let fields = may.headers["access-control-allow-headers"]?.components(separatedBy: ", ") ?? []
            for name in ["If-Match", "If-None-Match", "Last-Event-ID", "Idempotency-Key", "Cache-Control"] {
                #expect(fields.contains(name), "\(name)")
            }
            let head = try await tenon.send("HEAD", Self.path)
            #expect(head.status == 200)
            #expect(head.body.isEmpty)
        }
    }

    @Test("a body of text comes in the types that its operation takes, whatever it holds")
    func textBody() async throws {
        try await serve { tenon in
            let token = try tenon.token([.owner])
            for (type, body) in [
                ("application/json", "[1, 2]"), ("application/yaml", "a: 1"), ("Text/Plain; charset=utf-8", "a=1"),
                ("text/plain", ""),
            ] {
                let answer = try await tenon.send(
                    "POST", "/v1/imports", token: token, body: body, headers: ["Content-Type: \(type)"])
                #expect(answer.status == 201)
                #expect(answer.json["type"]?.stringValue == type.lowercased().components(separatedBy: ";")[0])
                #expect(answer.json["count"] == .number(JSONNumber(Int64(body.utf8.count))))
            }
            let types = "application/json, application/yaml, text/plain"
            for field in ["Content-Type: application/xml", "Content-Type: application/a+json", "Content-Type:"] {
                let refused = try await tenon.send("POST", "/v1/imports", token: token, body: "a", headers: [field])
                #expect(refused.status == 415, "\(field)")
                #expect(refused.headers["accept"] == types)
            }
            let packed = try await tenon.send(
                "POST", "/v1/imports", token: token, body: "a",
                headers: ["Content-Type: text/plain", "Content-Encoding: gzip"])
            #expect(packed.status == 415)
        }
    }

    @Test("a body of text has its operation's own bound")
    func largeText() async throws {
        try await serve { tenon in
            let token = try tenon.token([.owner])
            let body = String(repeating: "a", count: 2 << 20)
            let answer = try await tenon.send(
                "POST", "/v1/imports", token: token, body: body, headers: ["Content-Type: text/plain"])
            #expect(answer.json["count"] == .number(JSONNumber(2 << 20)))
            let received = await tenon.exchange(
                "POST /v1/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: text/plain\r\n"
                    + "Content-Length: \(32 << 20 + 1)\r\n\r\n")
            #expect(received.statuses == [413])
        }
    }

    @Test("a repeat of a text body with its key gets the first answer, and another body is refused")
    func idempotency() async throws {
        try await serve { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"a@example.com","password":"SecurePassword123"}"#)
            let token = registered.json["access_token"]?.stringValue
            func send(_ body: String) async throws -> ServedTenon.Answer {
                try await tenon.send(
                    "POST", "/v1/imports", token: token, body: body,
                    headers: ["Content-Type: text/plain", "Idempotency-Key: k"])
            }
            let first = try await send("a=1")
            #expect(first.status == 201)
            let again = try await send("a=1")
            #expect(again.body == first.body)
            #expect(again.headers["idempotency-replayed"] == "true")
            #expect(try await send("a=2").code == "idempotency_key_reused")
        }
    }

    @Test("bodies of text, merge patches, conditions and empty answers are described")
    func description() {
        var catalog = EndpointCatalog()
        catalog.add(ImportEndpoint())
        catalog.add(PatchThing())
        catalog.add(DeleteThing())
        let document = OpenAPIDocument(catalog).json
        let paths = document["paths"]
        let content = paths?["/api/v1/imports"]?["post"]?["requestBody"]?["content"]
        #expect(content?.objectValue?.count == 3)
        #expect(content?["application/json"]?["schema"] == [:])
        #expect(content?["application/yaml"]?["schema"] == ["type": "string"])
        let thing = paths?["/api/v1/thing"]
        let patch = thing?["patch"]?["requestBody"]?["content"]?.objectValue
        #expect(patch?["application/json"] == patch?["application/merge-patch+json"])
        #expect(patch?.count == 2)
        let deleted = thing?["delete"]?["responses"]?["204"]
        #expect(deleted?["description"] == "No Content")
        #expect(deleted?["content"] == nil)
        let names = thing?["delete"]?["parameters"]?.arrayValue?.compactMap {
            document.resolving($0)?["name"]?.stringValue
        }
        #expect(names == ["If-Match"])
    }
}
