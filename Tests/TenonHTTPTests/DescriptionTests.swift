import TenonDomain
import Testing

@testable import TenonHTTP

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
