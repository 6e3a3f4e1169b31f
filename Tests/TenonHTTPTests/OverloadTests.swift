import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct OverloadTests {
    @Test("a service that takes no request says when to try again; health and metrics answer all the same")
    func full() async throws {
        try await ServedTenon.with { settings in
            settings.admission.running = 0
            settings.admission.waiting = 0
        } _: { tenon in
            let refused = try await tenon.send("GET", "/api/v1/namespaces", token: tenon.token([.owner]))
            #expect(refused.status == 503)
            #expect(refused.code == "overloaded")
            #expect(refused.headers["retry-after"] == "1")
            for path in ["/health", "/health/live", "/health/ready", "/health/startup"] {
                #expect(try await tenon.send("GET", path).status == 200, "\(path)")
            }
            let metrics = try await tenon.send("GET", "/metrics")
            #expect(metrics.status == 200)
            #expect(metrics.body.contains("tenon_http_requests_turned_away_total 1\n"))
            #expect(metrics.body.contains("tenon_http_requests_total{operation=\"listNamespaces\",status=\"503\"} 1\n"))
        }
    }

    @Test("a request that finds no place is turned away when its patience is over, and leaves nothing behind")
    func patience() async throws {
        try await ServedTenon.with { settings in
            settings.admission.running = 0
            settings.admission.patience = .milliseconds(30)
        } _: { tenon in
            let token = try tenon.token([.owner])
            #expect(try await tenon.send("GET", "/api/v1/namespaces", token: token).code == "overloaded")
            let metrics = try await tenon.send("GET", "/metrics")
            #expect(metrics.body.contains("tenon_http_requests_waiting 0\n"))
        }
    }
}

@Suite struct TraceTests {
    private let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

    @Test("a trace is continued into the audit log and the events, and begun where there is none")
    func trace() async throws {
        try await ServedTenon.with { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"a@example.com","password":"SecurePassword123"}"#,
                headers: ["Content-Type: application/json", "traceparent: \(parent)"])
            #expect(registered.status == 201)
            let traces = Set(tenon.memory.auditRecords.map(\.origin.traceID))
            #expect(traces == ["4bf92f3577b34da6a3ce929d0e0e4736"])
            let token = registered.json["access_token"]?.stringValue
            _ = try await tenon.send("POST", "/api/v1/namespaces", token: token, body: #"{"name":"production"}"#)
            let begun = tenon.memory.auditRecords.last?.origin.traceID
            #expect(begun?.count == 32)
            #expect(begun != "4bf92f3577b34da6a3ce929d0e0e4736")
        }
    }
}

@Suite struct DocumentationEndpointTests {
    @Test("without the files of Swagger UI and Redoc the built-in page stands in, under a policy without scripts")
    func fallback() async throws {
        try await ServedTenon.with { tenon in
            for path in ["/docs", "/redoc"] {
                let page = try await tenon.send("GET", path)
                #expect(page.status == 200)
                #expect(page.headers["content-type"] == "text/html; charset=utf-8")
                #expect(page.headers["content-security-policy"] == OperationsPage.contentSecurityPolicy)
                #expect(page.body.contains("createConfig") || page.body.contains("/namespaces"))
            }
            #expect(try await tenon.send("GET", "/docs/assets/swagger-init.js").status == 200)
            for name in ["swagger-ui-bundle.js", "..%2fencryption.key", "%2e%2e", "x"] {
                #expect(try await tenon.send("GET", "/docs/assets/\(name)").status == 404, "\(name)")
            }
        }
    }

    @Test("the type of every problem leads to its page")
    func problemPages() async throws {
        try await ServedTenon.with { tenon in
            for entry in ProblemKinds(tenon.catalog).entries {
                let page = try await tenon.send("GET", entry.kind.path)
                #expect(page.status == 200, "\(entry.kind.code)")
                #expect(page.body.contains(entry.kind.code))
            }
            #expect(try await tenon.send("GET", "/problems/no_such").code == "problem_kind_not_found")
        }
    }
}
