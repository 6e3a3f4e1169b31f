import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// A resource of the catalog with the plain verbs, as its tests use it: whatever has a list, an item and a `POST` that
/// creates one. New resources are found by themselves.
struct PlainResource: Sendable {
    let create: EndpointCatalog.Entry
    let list: EndpointCatalog.Entry
    let get: EndpointCatalog.Entry
    let update: EndpointCatalog.Entry?
    let delete: EndpointCatalog.Entry?
    private let tenon: ServedTenon
    /// Who may do everything with it.
    let token: String
    /// Of the collection, with a parent that exists in the place of each parameter.
    let path: String

    var name: String { create.operation.id }
    /// Of the platform: tenants are not in a tenant.
    var isOfPlatform: Bool { if case .platform = create.operation.access { true } else { false } }

    /// Each resource of the catalog, for an owner of a tenant of its own.
    static func all(_ tenon: ServedTenon) async throws -> [PlainResource] {
        let owner = try await tenon.registered("acme").token
        let administrator = try tenon.token([.platformAdministrator], tenant: .platform)
        let parent = try await tenon.send("POST", "/api/v1/namespaces", token: owner, body: #"{"name":"parent"}"#)
        let namespace = try #require(parent.json["id"]?.stringValue)
        let entries = tenon.catalog.entries
        func entry(_ method: TenonHTTPServer.Operation.Method, _ isWanted: (String) -> Bool) -> EndpointCatalog.Entry? {
            entries.first { $0.operation.method == method && isWanted($0.operation.path.text) }
        }
        return try entries.filter { $0.operation.method == .post && $0.operation.success == .created }.compactMap {
            create in
            let path = create.operation.path.text
            func isItem(_ other: String) -> Bool {
                other.hasPrefix(path + "/{") && other.hasSuffix("}") && !other.dropFirst(path.count + 1).contains("/")
            }
            guard let list = entry(.get, { $0 == path }), let get = entry(.get, isItem) else { return nil }
            var token = owner
            if case .platform = create.operation.access { token = administrator }
            let place = "/api/v1" + path.replacing("{namespace_id}", with: namespace)
            try #require(!place.contains("{"), "\(create.operation.id) has a parent that these tests do not make")
            return PlainResource(
                create: create, list: list, get: get, update: entry(.patch, isItem), delete: entry(.delete, isItem),
                tenon: tenon, token: token, path: place)
        }
    }

    func send(
        _ method: String, _ path: String? = nil, _ body: JSONValue? = nil, as token: String? = nil,
        headers: String...
    ) async throws -> ServedTenon.Answer {
        try await tenon.send(
            method, path ?? self.path, token: token ?? self.token, body: body?.description, headers: headers)
    }

    /// The documentation's example, made unique by a number.
    func body(_ number: Int) throws -> JSONValue {
        var body = try #require(create.request?.media.first?.example.objectValue)
        for (member, value) in body {
            guard let text = value.stringValue else { continue }
            switch member {
            case "name", "slug", "key", "username": body[member] = .string("\(text)-\(number)")
            case "email", "owner_email": body[member] = .string("n\(number)-\(text)")
            default: break
            }
        }
        return .object(body)
    }

    /// A new item: its address and the answer.
    func made(_ number: Int) async throws -> (location: String, answer: ServedTenon.Answer) {
        let answer = try await send("POST", nil, try body(number))
        #expect(answer.status == 201, "\(name): \(answer.body)")
        return (try #require(answer.headers["location"], "\(name)"), answer)
    }

    /// The last segment of an address names the item in a list.
    static func id(_ item: JSONValue, of list: [String]) -> String? {
        ["id", "name", "key"].compactMap { item[$0]?.stringValue }.first { list.contains($0) }
    }

    /// All items that have one of the ids, page by page. `query` begins with `&`.
    func pages(_ query: String, of ids: [String], cursor isByCursor: Bool = true) async throws -> [String] {
        var found: [String] = []
        var next: String? = isByCursor ? "" : "page=1"
        var number = 1
        while let place = next {
            let answer = try await send("GET", "\(path)?\(place)\(query)")
            #expect(answer.status == 200, "\(name): \(answer.body)")
            let items = try #require(answer.json["items"]?.arrayValue)
            found += items.compactMap { Self.id($0, of: ids) }
            number += 1
            if isByCursor {
                next = answer.json["next_cursor"]?.stringValue.map { "cursor=\($0)" }
            } else {
                next = items.isEmpty ? nil : "page=\(number)"
            }
            try #require(number < 100, "\(name) has no end")
        }
        return found
    }
}

extension ServedTenon.Answer {
    /// Pointer and code of each violation.
    var violations: [String] {
        json["errors"]?.arrayValue?.map {
            "\($0["pointer"]?.stringValue ?? $0["parameter"]?.stringValue ?? "") \($0["code"]?.stringValue ?? "")"
        } ?? []
    }
}
