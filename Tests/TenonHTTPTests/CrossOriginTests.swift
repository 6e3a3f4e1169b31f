import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What pages of other origins may do in a browser.
@Suite struct CrossOriginTests {
    private static let app = "https://app.example"
    private static let ask = ["Access-Control-Request-Method: POST", "Access-Control-Request-Headers: authorization"]

    private func serve(_ origins: [String], _ body: @escaping @Sendable (ServedTenon) async throws -> Void) async throws
    {
        try await ServedTenon.with({ $0.policies.origins = AllowedOrigins(origins) ?? .none }, body)
    }

    @Test("a listed origin is told what it may do, and may read the answers")
    func listed() async throws {
        try await serve([Self.app]) { tenon in
            let may = try await tenon.send("OPTIONS", "/v1/auth/login", headers: ["Origin: \(Self.app)"] + Self.ask)
            #expect(may.status == 204)
            #expect(may.headers["access-control-allow-origin"] == Self.app)
            #expect(may.headers["access-control-allow-methods"]?.contains("POST") == true)
            #expect(may.headers["access-control-allow-headers"]?.contains("Authorization") == true)
            #expect(may.headers["access-control-allow-credentials"] == nil)
            #expect(may.headers["vary"] == "Origin")
            for path in ["/health/live", "/nowhere", "/v1/auth/me"] {
                let answer = try await tenon.send("GET", path, headers: ["Origin: \(Self.app)"])
                #expect(answer.headers["access-control-allow-origin"] == Self.app, "\(path)")
                #expect(answer.headers["access-control-expose-headers"]?.contains("ETag") == true)
            }
            let post = try await tenon.send(
                "POST", "/v1/auth/login", body: "{}", headers: ["Origin: \(Self.app)", "Sec-Fetch-Site: cross-site"])
            #expect(post.status == 422)
        }
    }

    @Test("an origin that is not listed is told nothing and changes nothing")
    func notListed() async throws {
        try await serve([Self.app]) { tenon in
            for origin in ["https://evil.example", "http://app.example", "https://app.example:444", "null", "x"] {
                let may = try await tenon.send("OPTIONS", "/v1/auth/login", headers: ["Origin: \(origin)"] + Self.ask)
                #expect(may.status == 204)
                #expect(may.headers["access-control-allow-origin"] == nil, "\(origin)")
                #expect(may.headers["access-control-allow-methods"] == nil)
                let read = try await tenon.send("GET", "/health/live", headers: ["Origin: \(origin)"])
                #expect(read.headers["access-control-allow-origin"] == nil)
                #expect(read.headers["vary"] == "Origin" || read.headers["vary"]?.contains("Origin") == true)
                let post = try await tenon.send("POST", "/v1/auth/login", body: "{}", headers: ["Origin: \(origin)"])
                #expect(post.status == 403, "\(origin)")
                #expect(post.code == "cross_origin_refused")
            }
        }
    }

    @Test("where all may read, no origin is named")
    func all() async throws {
        try await serve(["*"]) { tenon in
            let read = try await tenon.send("GET", "/health/live", headers: ["Origin: https://any.example"])
            #expect(read.headers["access-control-allow-origin"] == "*")
            #expect(read.headers["vary"] == nil)
            let may = try await tenon.send(
                "OPTIONS", "/v1/auth/login", headers: ["Origin: https://any.example"] + Self.ask)
            #expect(may.headers["access-control-allow-origin"] == "*")
        }
    }

    @Test("without a list the browser's own word decides about requests that change something")
    func forgery() async throws {
        try await serve([]) { tenon in
            for (fields, status) in [
                ([], 422), (["Sec-Fetch-Site: same-origin"], 422), (["Sec-Fetch-Site: none"], 422),
                (["Sec-Fetch-Site: cross-site"], 403), (["Sec-Fetch-Site: same-site"], 403),
                (["Sec-Fetch-Site: nonsense"], 403), (["Origin: http://localhost"], 422), (["Origin: null"], 403),
                (["Origin: http://localhost:81"], 403), (["Origin: https://evil.example"], 403),
                (["Origin: http://localhost", "Sec-Fetch-Site: cross-site"], 403),
                (["Origin: http://localhost", "Sec-Fetch-Site: same-origin"], 422),
            ] {
                let answer = try await tenon.send("POST", "/v1/auth/login", body: "{}", headers: fields)
                #expect(answer.status == status, "\(fields)")
                #expect(answer.headers["access-control-allow-origin"] == nil)
                #expect(try await tenon.send("GET", "/health/live", headers: fields).status == 200)
            }
        }
    }

    @Test("what a form can send is no JSON and is refused")
    func forms() async throws {
        try await serve([]) { tenon in
            for type in ["application/x-www-form-urlencoded", "multipart/form-data; boundary=a", "text/plain", ""] {
                let answer = try await tenon.send(
                    "POST", "/v1/auth/login", body: "{}", headers: ["Content-Type: \(type)"])
                #expect(answer.status == 415, "\(type)")
            }
        }
    }

    @Test("an origin has a scheme and a host and nothing more")
    func origins() {
        for text in ["app.example", "https://app.example/", "https://App.example", "ftp://a", "https://", "null"] {
            #expect(AllowedOrigins([text]) == nil, "\(text)")
        }
        #expect(AllowedOrigins([]) == AllowedOrigins.none)
        #expect(AllowedOrigins(["*", "https://a"]) == .all)
        #expect(AllowedOrigins(["http://localhost:3000"])?.allows("http://localhost:3000") == true)
    }

    @Test("every kind of answer says how a browser must treat it")
    func securityHeaders() async throws {
        try await ServedTenon.with(
            { $0.limits.memory = 6400 },
            { tenon in
                let tag = try #require(try await tenon.send("GET", "/openapi.json").headers["etag"])
                let answers = [
                    try await tenon.send("GET", "/health/live"), try await tenon.send("GET", "/docs"),
                    try await tenon.send("GET", "/openapi.json", headers: ["If-None-Match: \(tag)"]),
                    try await tenon.send("GET", "/nowhere"), try await tenon.send("PATCH", "/health"),
                    try await tenon.send("GET", "/v1/auth/me"), try await tenon.send("OPTIONS", "/v1/auth/login"),
                    try await tenon.send("POST", "/v1/auth/login", body: String(repeating: " ", count: 5000)),
                    await tenon.raw(Array("GARBAGE\r\n\r\n".utf8)), try await tenon.send("HEAD", "/health/live"),
                ]
                #expect(answers.map(\.status) == [200, 200, 304, 404, 405, 401, 204, 503, 400, 200])
                for answer in answers {
                    #expect(answer.headers["x-content-type-options"] == "nosniff", "\(answer.status)")
                    #expect(answer.headers["content-security-policy"]?.contains("default-src 'none'") == true)
                    #expect(answer.headers["x-frame-options"] == "DENY")
                    #expect(answer.headers["referrer-policy"] == "no-referrer")
                    #expect(answer.headers["cross-origin-resource-policy"] == "same-origin")
                    #expect(answer.headers["strict-transport-security"] == nil)
                    #expect(answer.headers["x-request-id"] != nil)
                    #expect(answer.headers["date"] != nil)
                    #expect(answer.headers["server"] == nil)
                }
            })
        try await ServedTenon.with(
            { $0.policies.requiresHTTPS = true },
            { tenon in
                let led = try await tenon.send("GET", "/docs")
                #expect(led.status == 308)
                #expect(led.headers["x-content-type-options"] == "nosniff")
            })
    }
}
