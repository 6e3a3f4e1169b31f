import TenonApplication
import TenonDomain
import TenonKit
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A registered tenant with a namespace, over a real socket.
struct ServedConfiguration: Sendable {
    let tenon: ServedTenon
    let tenant: TenantID
    /// Of the tenant's owner.
    let token: String
    /// Of a tenant's user who only reads.
    let viewer: String
    let namespace: String

    /// What is followed is followed, as in the service.
    static func with(_ body: @escaping @Sendable (ServedConfiguration) async throws -> Void) async throws {
        try await ServedTenon.with { tenon in
            let follow = FollowRevisions(
                feed: MemoryRevisionFeed(tenon.memory), cache: tenon.cache, table: tenon.table)
            let following = Task { await follow.run() }
            defer { following.cancel() }
            let registered = try await tenon.send(
                "POST", "/api/v1/auth/register",
                body: #"{"email":"a@acme.com","password":"SecurePass123!","full_name":"A","organization":"acme"}"#)
            let token = try #require(registered.json["access_token"]?.stringValue)
            let tenant = try #require(registered.json["tenant"]?["id"]?.stringValue.flatMap { TenantID($0) })
            let made = try await tenon.send("POST", "/api/v1/namespaces", token: token, body: #"{"name":"app"}"#)
            try await body(
                ServedConfiguration(
                    tenon: tenon, tenant: tenant, token: token,
                    viewer: try tenon.token([.viewer], tenant: tenant),
                    namespace: try #require(made.json["id"]?.stringValue)))
        }
    }

    var path: String { "/api/v1/namespaces/\(namespace)" }

    func send(
        _ method: String, _ path: String, _ body: String? = nil, _ headers: [String] = [], as token: String? = nil
    ) async throws -> ServedTenon.Answer {
        try await tenon.send(method, self.path + path, token: token ?? self.token, body: body, headers: headers)
    }

    /// Stores a value whose type follows from it.
    @discardableResult
    func put(
        _ key: String, _ value: JSONValue, secret: Bool = false, _ headers: [String] = [], as token: String? = nil
    ) async throws -> ServedTenon.Answer {
        let type =
            switch value {
            case .string: "string"
            case .number: "number"
            case .bool: "boolean"
            default: "json"
            }
        let body: JSONValue = ["value": value, "value_type": .string(type), "is_secret": .bool(secret)]
        return try await send("PUT", "/configs/\(key)", body.description, headers, as: token)
    }

    /// A connection that has asked for the changes as they happen.
    func watch(_ query: String = "", _ headers: [String] = [], as token: String? = nil) async -> RawConnection {
        let connection = await tenon.connection()
        let lines =
            ["GET \(path)/watch\(query) HTTP/1.1", "Host: x", "Authorization: Bearer \(token ?? self.token)"] + headers
        await connection.send(lines.joined(separator: "\r\n") + "\r\n\r\n")
        return connection
    }

    var revision: Int64 {
        get async throws {
            try #require(try await send("GET", "").json["revision"]?.numberValue?.int64)
        }
    }
}
