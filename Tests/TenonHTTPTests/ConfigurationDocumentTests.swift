import FoundationEssentials
import TenonDomain
import TenonKit
import TenonMemory
import Testing

/// Many entries at once: batches, imports, exports.
@Suite struct ConfigurationDocumentTests {
    @Test("a batch is one revision or nothing, and says what became of each entry")
    func batch() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            try await served.put("b", 2)
            let body = """
                {"comment":"all","operations":[
                 {"op":"put","key":"c","value":"x","value_type":"string"},
                 {"op":"patch","key":"a","value":10,"if_match":1},
                 {"op":"patch","key":"a2","value":1},
                 {"op":"delete","key":"b"}]}
                """
            let absent = try await served.send("POST", "/configs:batch", body)
            #expect(absent.status == 404 && absent.code == "config_not_found")
            let good = body.replacing(#"{"op":"patch","key":"a2","value":1},"#, with: "")
            let trial = try await served.send("POST", "/configs:batch?dry_run=true", good)
            #expect(trial.status == 200 && trial.json["dry_run"] == true)
            #expect(
                trial.json["results"]?.arrayValue?[1]["patch"] == [["op": "replace", "path": "/value", "value": 10]])
            #expect(try await served.revision == 3)
            #expect(try await served.send("POST", "/configs:batch?revision=2", good).status == 412)
            let done = try await served.send("POST", "/configs:batch?revision=3", good)
            #expect(done.status == 200 && done.json["revision"] == 4)
            #expect(
                done.json["summary"] == ["created": 1, "changed": 1, "deleted": 1, "unchanged": 0, "refused": 0])
            #expect(try await served.send("GET", "/configs/c").json["comment"] == "all")
            #expect(try await served.send("GET", "/configs/b").status == 404)
        }
    }

    @Test("null is a value of a batch's put, as it is of a PUT")
    func nullValue() async throws {
        try await ServedConfiguration.with { served in
            let put = try await served.send("PUT", "/configs/a", #"{"value":null,"value_type":"json"}"#)
            #expect(put.status == 201)
            let operations = #"[{"op":"put","key":"b","value":null,"value_type":"json"}]"#
            let batch = try await served.send("POST", "/configs:batch", #"{"operations":\#(operations)}"#)
            #expect(batch.status == 200, "\(batch.body)")
            for key in ["a", "b"] {
                let read = try await served.send("GET", "/configs/\(key)")
                #expect(read.json["value"] == .null && read.json["masked"] == false)
            }
        }
    }

    @Test("what is wrong with a batch is said by the place of the operation")
    func badBatches() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            for (operations, pointer) in [
                ("[]", "#/operations"), (#"[{"op":"move","key":"a"}]"#, "#/operations/0/op"),
                (#"[{"op":"delete","key":"a"},{"op":"delete","key":"a"}]"#, "#/operations/1/key"),
                (#"[{"op":"put","key":"b"}]"#, "#/operations/0/value"),
                (#"[{"op":"delete","key":"a","value":1}]"#, "#/operations/0"),
                (#"[{"op":"patch","key":"a","value":"x"}]"#, "#/operations/0/value"),
                (#"[{"op":"delete","key":"ä"}]"#, "#/operations/0/key"),
            ] {
                let refused = try await served.send("POST", "/configs:batch", #"{"operations":\#(operations)}"#)
                #expect(refused.status == 422, "\(operations)")
                #expect(
                    refused.json["errors"]?.arrayValue?.first?["pointer"] == .string(pointer), "\(refused.body)")
            }
            #expect(try await served.revision == 2)
        }
    }

    @Test("a document is imported by its media type, and others are 415")
    func mediaTypes() async throws {
        try await ServedConfiguration.with { served in
            for (type, body) in [
                ("application/json", #"{"json":1}"#), ("application/yaml", "yaml: 1\n"),
                ("application/x-yaml", "x_yaml: 1\n"), ("text/yaml; charset=utf-8", "text_yaml: 1\n"),
                ("text/plain", "LINES=1\n"),
            ] {
                let imported = try await served.send("POST", "/import", body, ["Content-Type: \(type)"])
                #expect(imported.status == 200 && imported.json["summary"]?["created"] == 1, "\(type)")
            }
            #expect(try await served.send("POST", "/import", "A=1", ["Content-Type: text/csv"]).status == 415)
            let named = try await served.send(
                "POST", "/import?format=env&comment=named", "NAMED=1", ["Content-Type: application/json"])
            #expect(named.status == 200)
            #expect(try await served.send("GET", "/configs/NAMED").json["comment"] == "named")
            #expect(try await served.send("POST", "/import?format=xml", "{}").status == 422)
            #expect(try await served.send("POST", "/import?revision=1", #"{"late":1}"#).status == 412)
        }
    }

    @Test("an import that refuses something stores nothing and names the lines; a dry run answers them")
    func refusals() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("port", 80)
            let document = "{\n\"new\": 1,\n\"port\": \"many\"\n}"
            let refused = try await served.send("POST", "/import", document)
            #expect(refused.status == 422)
            let error = try #require(refused.json["errors"]?.arrayValue?.first)
            #expect(error["pointer"] == "#/port" && error["detail"]?.stringValue?.hasPrefix("Line 3: ") == true)
            let trial = try await served.send("POST", "/import?dry_run=true", document)
            #expect(trial.status == 200)
            #expect(trial.json["results"]?.arrayValue?.map { $0["outcome"] } == ["created", "refused"])
            #expect(trial.json["results"]?.arrayValue?.map { $0["line"] } == [2, 3])
            #expect(try await served.revision == 2)
            #expect(try await served.send("POST", "/import", #"{"a":1,"a":2}"#).status == 422)
            #expect(try await served.send("POST", "/import", "[1]").status == 422)
        }
    }

    @Test("a document of more than 32 MiB is 413, and one of 10,000 keys is taken")
    func sizes() async throws {
        try await ServedConfiguration.with { served in
            let head =
                "POST \(served.path)/import HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(served.token)\r\n"
                + "Content-Type: application/json\r\nConnection: close\r\n"
            let announced = await served.tenon.raw(Array((head + "Content-Length: \((32 << 20) + 1)\r\n\r\n").utf8))
            #expect(announced.status == 413 && announced.code == "body_too_large")
            let document = "{" + (0..<10_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",") + "}"
            let taken = try await served.send("POST", "/import", document)
            #expect(taken.status == 200 && taken.json["summary"]?["created"] == 10_000)
            let over = "{" + (0...10_000).map { #""k\#($0)":\#($0)"# }.joined(separator: ",") + "}"
            #expect(try await served.send("POST", "/import", over).status == 422)
        }
    }

    @Test("what is exported can be imported again without a change", arguments: ["json", "yaml", "env"])
    func roundTrip(format: String) async throws {
        try await ServedConfiguration.with { served in
            try await served.put("text", "a # b \"c\"\n")
            try await served.put("number", 1)
            try await served.put("json", ["x": [.null, "ü"]])
            try await served.put("s", "hidden", secret: true)
            let exported = try await served.send("GET", "/export?format=\(format)")
            #expect(exported.status == 200 && !exported.body.contains("hidden"))
            let type = ["json": "application/json", "yaml": "application/yaml", "env": "text/plain; charset=utf-8"]
            #expect(exported.headers["content-type"] == type[format])
            let again = try await served.send(
                "POST", "/import", exported.body, ["Content-Type: \(type[format] ?? "")"])
            #expect(again.status == 200, "\(again.body)")
            #expect(again.json["summary"]?["unchanged"] == (format == "env" ? 3 : 4))
            #expect(again.json["revision"] == 5)
            let tag = try #require(exported.headers["etag"])
            let known = try await served.send("GET", "/export?format=\(format)", nil, ["If-None-Match: \(tag)"])
            #expect(known.status == 304)
            let revealed = try await served.send("GET", "/export?format=\(format)&reveal=true")
            #expect(revealed.body.contains("hidden"))
            #expect(revealed.headers["cache-control"]?.contains("no-store") == true)
            #expect(try await served.send("GET", "/export?reveal=true", as: served.viewer).status == 403)
            #expect(try await served.send("GET", "/export?as_of=99").status == 422)
        }
    }
}

/// Who may do what.
@Suite struct ConfigurationAccessTests {
    private static let operations: [(method: String, path: String, body: String?, isWrite: Bool)] = [
        ("GET", "", nil, false), ("PATCH", "", "{}", true), ("DELETE", "?force=true", nil, true),
        ("GET", "/configs", nil, false), ("GET", "/configs/a", nil, false),
        ("GET", "/configs/a?resolve=true", nil, false), ("GET", "/configs/a?version=1", nil, false),
        ("GET", "/configs/a?as_of=2", nil, false),
        ("POST", "/configs", #"{"key":"n","value":1,"value_type":"number"}"#, true),
        ("PUT", "/configs/a", #"{"value":1,"value_type":"number"}"#, true),
        ("PATCH", "/configs/a", #"{"value":1}"#, true), ("DELETE", "/configs/a", nil, true),
        ("POST", "/configs/a/restore", nil, true), ("POST", "/configs/a/rollback", #"{"version":1}"#, true),
        ("GET", "/configs/a/versions", nil, false), ("GET", "/configs/a/versions/1", nil, false),
        ("GET", "/configs/a/diff", nil, false),
        ("POST", "/configs:batch", #"{"operations":[{"op":"delete","key":"a"}]}"#, true),
        ("POST", "/import", #"{"a":2}"#, true), ("GET", "/export", nil, false),
        ("GET", "/watch?wait=0", nil, false), ("GET", "/watch", nil, false),
    ]

    @Test("another tenant finds none of it, a viewer changes none of it, and nobody gets in without a token")
    func everywhere() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            let stranger = try served.tenon.token([.owner])
            for (method, path, body, isWrite) in Self.operations {
                let foreign = try await served.send(method, path, body, as: stranger)
                #expect(foreign.status == 404 && foreign.code == "namespace_not_found", "\(method) \(path)")
                let anonymous = try await served.tenon.send(method, served.path + path, body: body)
                #expect(anonymous.status == 401, "\(method) \(path)")
                if isWrite {
                    let refused = try await served.send(method, path, body, as: served.viewer)
                    #expect(refused.status == 403 && refused.code == "permission_denied", "\(method) \(path)")
                } else if path != "/watch" {
                    #expect(try await served.send(method, path, body, as: served.viewer).status == 200, "\(path)")
                }
            }
            #expect(try await served.revision == 2)
        }
    }
}
