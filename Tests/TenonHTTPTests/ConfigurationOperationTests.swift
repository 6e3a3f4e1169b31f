import FoundationEssentials
import TenonDomain
import TenonKit
import TenonMemory
import Testing

/// Entries one by one, and their past.
@Suite struct ConfigurationOperationTests {
    @Test("PUT makes an entry, replaces it, and leaves one alone that is the same")
    func put() async throws {
        try await ServedConfiguration.with { served in
            let made = try await served.put("a", 1)
            #expect(made.status == 201 && made.headers["etag"] == "\"1\"")
            #expect(made.headers["location"] == "\(served.path)/configs/a")
            let replaced = try await served.put("a", 2, ["If-Match: \"1\""])
            #expect(replaced.status == 200 && replaced.headers["etag"] == "\"2\"")
            #expect(replaced.headers["location"] == nil && replaced.json["change"] == "updated")
            let same = try await served.put("a", 2)
            #expect(same.status == 200 && same.json["version"] == 2)
            let secret = try await served.put("s", "x", secret: true)
            #expect(secret.headers["etag"] == "\"1-masked\"" && secret.json["masked"] == true)
        }
    }

    @Test("conditions that do not hold are 412, and a namespace that asks for one answers 428 without")
    func conditions() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            for header in [
                "If-Match: \"2\"", "If-Match: W/\"1\"", "If-Match: \"x\"", "If-None-Match: *", "If-Match: \"2\", \"3\"",
            ] {
                let stale = try await served.put("a", 2, [header])
                #expect(stale.status == 412 && stale.code == "precondition_failed", "\(header)")
            }
            #expect(try await served.put("new", 1, ["If-Match: *"]).status == 412)
            #expect(try await served.put("new", 1, ["If-None-Match: *"]).status == 201)
            #expect(try await served.put("a", 2, ["If-Match: \"9\", \"1-masked\""]).status == 200)
            let required = try await served.send("PATCH", "", #"{"require_if_match":true}"#)
            #expect(required.status == 200)
            for (method, path, body) in [
                ("PUT", "/configs/a", #"{"value":1,"value_type":"number"}"#), ("PATCH", "/configs/a", #"{"value":1}"#),
                ("DELETE", "/configs/a", nil), ("POST", "/configs/a/rollback", #"{"version":1}"#),
                ("POST", "/configs:batch", #"{"operations":[{"op":"delete","key":"a"}]}"#),
            ] {
                let refused = try await served.send(method, path, body)
                #expect(refused.status == 428 && refused.code == "precondition_required", "\(method) \(path)")
            }
            #expect(try await served.put("fresh", 1).status == 201)
            #expect(try await served.send("DELETE", "/configs/a", nil, ["If-Match: \"2\""]).status == 204)
        }
    }

    @Test("of two PUTs that race with the same If-Match one is 412")
    func race() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 0)
            for version in 1...10 {
                async let first = served.put("a", .integer(Int64(version * 2)), ["If-Match: \"\(version)\""])
                async let second = served.put("a", .integer(Int64(version * 2 + 1)), ["If-Match: \"\(version)\""])
                #expect(try await [first.status, second.status].sorted() == [200, 412])
            }
        }
    }

    @Test("PATCH merges, in both media types, and no other")
    func patch() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", ["x": 1, "y": 2])
            let merged = try await served.send(
                "PATCH", "/configs/a", #"{"value":{"y":null,"z":3},"tags":["t"]}"#,
                ["Content-Type: application/merge-patch+json"])
            #expect(merged.status == 200 && merged.headers["etag"] == "\"2\"")
            #expect(merged.json["value"] == ["x": 1, "z": 3] && merged.json["tags"] == ["t"])
            #expect(try await served.send("PATCH", "/configs/a", #"{"tags":null}"#).json["tags"] == [])
            #expect(try await served.send("PATCH", "/configs/a", "{}").json["version"] == 3)
            let foreign = try await served.send(
                "PATCH", "/configs/a", "value: 1", ["Content-Type: application/yaml"])
            #expect(foreign.status == 415)
            #expect(try await served.send("PATCH", "/configs/none", "{}").code == "config_not_found")
            #expect(try await served.send("PATCH", "/configs/a", #"{"value_type":"string"}"#).status == 422)
        }
    }

    @Test("what is deleted is 404, keeps its versions, and comes back")
    func restore() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            #expect(try await served.send("POST", "/configs/a/restore").code == "config_not_deleted")
            let deleted = try await served.send("DELETE", "/configs/a?comment=obsolete")
            #expect(deleted.status == 204 && deleted.body.isEmpty)
            #expect(try await served.send("GET", "/configs/a").status == 404)
            #expect(try await served.send("DELETE", "/configs/a").status == 404)
            let deletion = try await served.send("GET", "/configs/a/versions/2")
            #expect(deletion.json["change"] == "deleted" && deletion.json["comment"] == "obsolete")
            #expect(deletion.json["value"] == .null && deletion.json["masked"] == false)
            let restored = try await served.send("POST", "/configs/a/restore?comment=needed")
            #expect(restored.status == 200 && restored.json["version"] == 3 && restored.json["value"] == 1)
            #expect(restored.headers["etag"] == "\"3\"")
            #expect(try await served.send("POST", "/configs/none/restore").status == 404)
        }
    }

    @Test("a rollback takes an old value under today's rules")
    func rollback() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", 1)
            try await served.put("a", 50)
            let back = try await served.send(
                "POST", "/configs/a/rollback", #"{"version":1,"comment":"too much"}"#, ["If-Match: \"2\""])
            #expect(back.status == 200 && back.json["value"] == 1 && back.json["change"] == "rolled_back")
            #expect(
                try await served.send("PATCH", "/configs/a", #"{"validation_schema":{"max_value":10}}"#).status == 200)
            let broken = try await served.send("POST", "/configs/a/rollback", #"{"version":2}"#)
            #expect(broken.status == 422)
            #expect(broken.json["errors"]?.arrayValue?.first?["pointer"] == "#/value")
            #expect(try await served.send("POST", "/configs/a/rollback", #"{"version":9}"#).status == 404)
            #expect(try await served.send("POST", "/configs/a/rollback", #"{"version":0}"#).status == 422)
        }
    }

    @Test("an entry is read as a version or a time had it")
    func past() async throws {
        try await ServedConfiguration.with { served in
            let before = SystemClock().now().description
            try await served.put("a", 1)
            try await served.put("a", 2)
            #expect(try await served.send("GET", "/configs/a?version=1").json["value"] == 1)
            #expect(try await served.send("GET", "/configs/a?as_of=2").json["value"] == 1)
            #expect(try await served.send("GET", "/configs/a?as_of=9999-12-31T00:00:00Z").json["value"] == 2)
            #expect(try await served.send("GET", "/configs/a?as_of=1").code == "config_not_found")
            #expect(try await served.send("GET", "/configs/a?as_of=2000-01-01T00:00:00Z").status == 404)
            #expect(try await served.send("GET", "/configs?as_of=2000-01-01T00:00:00%2B01:00").json["items"] == [])
            #expect(before < SystemClock().now().description)
            #expect(try await served.send("GET", "/configs/a?version=3").code == "config_version_not_found")
            for query in [
                "version=1&as_of=2", "as_of=99", "as_of=yesterday", "version=0", "as_of=0000-01-01T00:00:00%2B23:59",
            ] {
                #expect(try await served.send("GET", "/configs/a?\(query)").status == 422, "\(query)")
            }
            let versions = try await served.send("GET", "/configs/a/versions?limit=1")
            #expect(versions.json["items"]?.arrayValue?.map { $0["version"] } == [2])
            let cursor = try #require(versions.json["next_cursor"]?.stringValue)
            let rest = try await served.send("GET", "/configs/a/versions?limit=1&cursor=\(cursor)")
            #expect(rest.json["items"]?.arrayValue?.map { $0["version"] } == [1])
            #expect(rest.json["next_cursor"] ?? .null == .null)
            #expect(try await served.send("GET", "/configs/none/versions").status == 404)
        }
    }

    @Test("what is read can be kept by its tag; secrets and what was resolved cannot")
    func caching() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", "${config:b}")
            #expect(try await served.put("a", "${config:b}").status == 422)
            try await served.put("b", "x")
            try await served.put("a", "${config:b}")
            try await served.put("s", "hidden", secret: true)
            let read = try await served.send("GET", "/configs/a")
            #expect(read.headers["etag"] == "\"1\"" && read.headers["cache-control"]?.contains("no-store") == false)
            #expect(try await served.send("GET", "/configs/a", nil, ["If-None-Match: \"1\""]).status == 304)
            let fresh = try await served.send("GET", "/configs/a", nil, ["Cache-Control: no-cache"])
            #expect(fresh.status == 200 && fresh.json["value"] == "${config:b}")
            let resolved = try await served.send("GET", "/configs/a?resolve=true")
            #expect(resolved.json["value"] == "x")
            #expect(resolved.headers["cache-control"]?.contains("no-store") == true)
            let secret = try await served.send("GET", "/configs/s")
            #expect(secret.headers["cache-control"]?.contains("no-store") == true)
            let masked = try await served.send("GET", "/configs/s", as: served.viewer)
            #expect(masked.headers["etag"] == "\"1-masked\"" && masked.json["value"] == .null)
        }
    }

    @Test("lists take a prefix, a tag and a part of the key")
    func filters() async throws {
        try await ServedConfiguration.with { served in
            for key in ["db.host", "db.Port", "cache.host"] { try await served.put(key, "v") }
            _ = try await served.send("PATCH", "/configs/db.host", #"{"tags":["team/core"]}"#)
            func keys(_ query: String) async throws -> [String]? {
                try await served.send("GET", "/configs?\(query)").json["items"]?.arrayValue?
                    .compactMap { $0["key"]?.stringValue }
            }
            #expect(try await keys("prefix=db.") == ["db.Port", "db.host"])
            #expect(try await keys("tag=team/core") == ["db.host"])
            #expect(try await keys("search=PORT") == ["db.Port"])
            #expect(try await keys("search=host&prefix=cache") == ["cache.host"])
            #expect(try await keys("tag=other") == [])
            #expect(try await served.send("GET", "/configs?tag=-").status == 422)
            #expect(try await served.send("GET", "/configs?search=%2F").status == 422)
        }
    }

    @Test("a difference is a JSON Patch, without secrets")
    func diff() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("a", ["x": 1])
            try await served.put("a", ["x": 2])
            let newest = try await served.send("GET", "/configs/a/diff")
            #expect(newest.json["from"] == 1 && newest.json["to"] == 2 && newest.json["masked"] == false)
            #expect(newest.json["patch"] == [["op": "replace", "path": "/value/x", "value": 2]])
            #expect(try await served.send("GET", "/configs/a/diff?from=2&to=2").json["patch"] == [])
            #expect(try await served.send("GET", "/configs/a/diff?from=0&to=1").status == 200)
            #expect(try await served.send("GET", "/configs/a/diff?to=9").status == 404)
            #expect(try await served.send("GET", "/configs/a/diff?to=x").status == 422)
            try await served.put("s", "first", secret: true)
            try await served.put("s", "second", secret: true)
            let secret = try await served.send("GET", "/configs/s/diff")
            #expect(secret.json["masked"] == true)
            #expect(!secret.body.contains("first") && !secret.body.contains("second"))
        }
    }

    @Test("keys tell upper from lower case, and what is not ASCII is no key")
    func keys() async throws {
        try await ServedConfiguration.with { served in
            try await served.put("Key", 1)
            try await served.put("key", 2)
            #expect(try await served.send("GET", "/configs/Key").json["value"] == 1)
            #expect(try await served.send("GET", "/configs/key").json["value"] == 2)
            for key in ["k%C3%A9y", "%00", "a%2Fb", "-a", "%F0%9F%98%80"] {
                let refused = try await served.put(key, 1)
                #expect([404, 422].contains(refused.status), "\(key): \(refused.status)")
                #expect(try await served.send("GET", "/configs/\(key)").status == 404, "\(key)")
            }
        }
    }

    @Test("a value of a mebibyte comes back as it was sent, a larger one is 422 and a much larger body 413")
    func large() async throws {
        try await ServedConfiguration.with { served in
            let text = JSONValue.string(String(repeating: "ä", count: 1 << 19))
            let stored = try await served.put("a", text)
            #expect(stored.status == 201)
            #expect(try await served.send("GET", "/configs/a").json["value"] == text)
            let larger = try await served.put("a", .string(String(repeating: "x", count: (1 << 20) + 1)))
            #expect(larger.status == 422)
            #expect(larger.json["errors"]?.arrayValue?.first?["code"] == "too_large_value")
            #expect(try await served.put("a", .string(String(repeating: "x", count: 2 << 20))).status == 413)
        }
    }
}
