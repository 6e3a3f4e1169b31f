import Foundation
import TenonDomain
import TenonKit
import TestSupport
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// Takes connections and never says anything.
private struct SilentServer {
    private let descriptor: Int32
    let port: Int

    init() {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        port = withUnsafeMutablePointer(to: &address) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) { bound in
                _ = bind(descriptor, bound, size)
                _ = listen(descriptor, 64)
                getsockname(descriptor, bound, &size)
            }
            return Int(in_port_t(bigEndian: address.pointee.sin_port))
        }
    }

    func close() { Glibc.close(descriptor) }
}

@Suite struct SilentIssuerTests {
    @Test("logins that wait for an identity provider keep nobody from logging in")
    func logins() async throws {
        let silent = SilentServer()
        defer { silent.close() }
        try await ServedTenon.with {
            $0.admission.running = 1
        } _: { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"a@example.com","password":"SecurePassword123"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            let refresh = try #require(registered.json["refresh_token"]?.stringValue)
            var connections: [String] = []
            for number in 0..<4 {
                let made = try await tenon.send(
                    "POST", "/api/v1/sso-connections", token: token,
                    body: """
                        {"name":"silent-\(number)","preset":"keycloak","client_id":"tenon","domains":["example.com"],\
                        "issuer":"http://127.0.0.1:\(silent.port)/\(number)","default_roles":["member"]}
                        """)
                connections.append(try #require(made.json["id"]?.stringValue, "\(made.body)"))
            }
            try await withThrowingTaskGroup(of: Int.self) { waiting in
                for id in connections + connections {
                    waiting.addTask { try await tenon.send("GET", "/api/v1/auth/sso/\(id)/login").status }
                }
                try await until("those who wait") {
                    try await tenon.send("GET", "/metrics").body.contains("tenon_http_requests_suspended 8\n")
                }
                let login = try await tenon.send(
                    "POST", "/api/v1/auth/login", body: #"{"email":"a@example.com","password":"SecurePassword123"}"#)
                #expect(login.status == 200)
                let refreshed = try await tenon.send(
                    "POST", "/api/v1/auth/refresh", body: #"{"refresh_token":"\#(refresh)"}"#)
                #expect(refreshed.status == 200)
                for try await status in waiting { #expect(status == 503) }
            }
            #expect(try await tenon.send("GET", "/metrics").body.contains("tenon_http_requests_running 0\n"))
        }
    }
}
