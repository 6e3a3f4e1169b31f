import TenonCrypto
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// The owner of a tenant, who asks for roles and policies.
struct AccessOwner: Sendable {
    let tenon: ServedTenon
    let token: String
    let user: String

    func send(
        _ method: String, _ path: String, _ body: JSONValue? = nil, as other: String? = nil, headers: [String] = []
    ) async throws -> ServedTenon.Answer {
        try await tenon.send(
            method, "/api/v1" + path, token: other ?? token, body: body?.description, headers: headers)
    }

    /// A token of another user of the same tenant.
    func token(_ roles: Set<Role>) throws -> String {
        let claims = try tenon.signer.verify(token, at: SystemClock().now())
        return try tenon.signer.sign(
            AccessClaims(
                subject: tenon.ids.next(), tenant: claims.tenant, session: tenon.ids.next(), roles: roles,
                userVersion: 1, issuedAt: claims.issuedAt, expiresAt: claims.expiresAt))
    }

    /// Registers one at a service of its own.
    static func with(_ body: @escaping @Sendable (AccessOwner) async throws -> Void) async throws {
        try await ServedTenon.with { tenon in
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"name":"acme","email":"ann@example.com","password":"correct horse battery"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            let user = try #require(registered.json["user"]?["id"]?.stringValue)
            try await body(AccessOwner(tenon: tenon, token: token, user: user))
        }
    }
}
