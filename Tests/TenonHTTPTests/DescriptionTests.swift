import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct DescriptionTests {
    @Test("what holds between members, and members that may be absent, are described")
    func relations() async throws {
        try await ServedTenon.with { tenon in
            let schemas = try #require(try await tenon.send("GET", "/openapi.json").json["components"]?["schemas"])
            #expect(schemas["SignInBody"]?["oneOf"]?.arrayValue?.count == 2)
            #expect(schemas["RefreshSessionBody"]?["anyOf"]?.arrayValue?.count == 2)
            #expect(schemas["CreateConfigBody"]?["oneOf"]?.arrayValue?.count == ConfigValueType.allCases.count)
            let page = try #require(schemas["NamespaceReplyPage"])
            #expect(page["properties"]?["total"]?["type"] == "integer")
            #expect(page["required"] == ["items", "next_cursor"])
        }
    }

    @Test("what a body may leave out its schema lets be null as well, as the reader does")
    func absence() async throws {
        try await ServedTenon.with { tenon in
            let document = try await tenon.send("GET", "/openapi.json").json
            let schemas = try #require(document["components"]?["schemas"]?.objectValue)
            var optional = 0
            for (name, schema) in schemas where name.hasSuffix("Body") {
                let required = Set((schema["required"]?.arrayValue ?? []).compactMap(\.stringValue))
                let properties = try #require(schema["properties"]?.objectValue, "\(name)")
                for (member, rules) in properties where !required.contains(member) {
                    optional += 1
                    // A type that takes null is no use where alternatives stand next to it, of which each takes it.
                    let takes = rules["type"]?.arrayValue?.contains("null") == true
                    let alternatives = rules["oneOf"]?.arrayValue ?? rules["anyOf"]?.arrayValue
                    let anything = rules["type"] == nil && alternatives == nil
                    #expect(
                        anything || (alternatives?.contains(["type": "null"]) ?? takes), "\(name).\(member)")
                }
            }
            #expect(optional > 50)
        }
    }

    @Test("a password is measured in characters, as its schema measures it")
    func lengths() async throws {
        try await ServedTenon.with { tenon in
            for (length, status) in [(4096, 401), (4097, 422)] {
                let password = String(repeating: "ü", count: length)
                let answer = try await tenon.send(
                    "POST", "/api/v1/auth/login", body: #"{"email":"a@acme.com","password":"\#(password)"}"#)
                #expect(answer.status == status)
            }
        }
    }
}
