internal import Foundation

/// A tenant of the bench with a namespace and a value.
struct Session {
    let email: String
    let token: String
    let refreshToken: String
    let tenant: String
    let namespace: String

    init(_ tenon: Served) throws {
        func post(_ path: String, _ body: String, _ token: String = "") throws -> [String: Any] {
            try Self.post(tenon, path, body, token)
        }
        // Benches share a data folder, and an account of two tenants cannot log in without a word on which.
        let name = "bench-\(UInt32.random(in: 0...UInt32.max))"
        email = "\(name)@example.com"
        let registered = try post(
            "/auth/register", #"{"name":"\#(name)","email":"\#(email)","password":"\#(Self.password)"}"#)
        token = registered["access_token"] as? String ?? ""
        refreshToken = registered["refresh_token"] as? String ?? ""
        tenant = (registered["tenant"] as? [String: Any])?["id"] as? String ?? ""
        namespace = try post("/namespaces", #"{"name":"production"}"#, token)["id"] as? String ?? ""
        let stored = try post(
            "/namespaces/\(namespace)/configs",
            #"""
            {"key":"app_name","value":"My Application","value_type":"string",
             "validation_schema":{"min_length":3,"max_length":50,"pattern":"^[a-zA-Z0-9 ]+$"}}
            """#, token)
        guard stored["id"] != nil else { throw Shell.Failed(description: "the value was not stored: \(stored)") }
    }

    static let password = "SecurePassword123"

    /// The body of a login.
    var login: String { #"{"email":"\#(email)","password":"\#(Self.password)"}"# }

    /// Answers its id.
    func addNamespace(_ tenon: Served, _ name: String) throws -> String {
        let made = try Self.post(tenon, "/namespaces", #"{"name":"\#(name)"}"#, token)
        guard let id = made["id"] as? String else {
            throw Shell.Failed(description: "the namespace was not made: \(made)")
        }
        return id
    }

    /// Adds so many plain entries.
    func fill(_ tenon: Served, entries: Int) throws {
        for entry in 0..<entries {
            let body = #"{"key":"entry_\#(entry)","value":"value number \#(entry)","value_type":"string"}"#
            let stored = try Self.post(tenon, "/namespaces/\(namespace)/configs", body, token)
            guard stored["id"] != nil else { throw Shell.Failed(description: "an entry was not stored: \(stored)") }
        }
    }

    static func post(
        _ tenon: Served, _ path: String, _ body: String, _ token: String
    ) throws -> [String: Any] {
        let output = try Shell.run(
            "curl",
            [
                "-sk", "-X", "POST", "\(tenon.address)/api/v1\(path)", "-H", "Content-Type: application/json", "-H",
                "Authorization: Bearer \(token)", "-d", body,
            ])
        return try JSONSerialization.jsonObject(with: Data(output.utf8)) as? [String: Any] ?? [:]
    }
}
