import TenonCrypto
import TenonDomain
import TenonKit
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

/// What every resource of the catalog keeps, whoever declared it.
@Suite struct PlainVerbTests {
    @Test("the catalog's plain resources are found")
    func found() async throws {
        try await ServedTenon.with { tenon in
            let names = Set(try await PlainResource.all(tenon).map(\.name))
            #expect(
                names.isSuperset(of: [
                    "createRole", "createPolicy", "createAPIKey", "createSSOConnection", "createUser", "createTenant",
                    "createNamespace", "createConfig",
                ]))
        }
    }

    @Test("pages have neither gaps nor duplicates, by cursor and by number, and a cursor is good for its list alone")
    func paging() async throws {
        try await ServedTenon.with { tenon in
            let resources = try await PlainResource.all(tenon)
            var cursors: [String: String] = [:]
            for resource in resources {
                var ids: [String] = []
                for number in 1...5 {
                    ids.append(String(try await resource.made(number).location.split(separator: "/").last ?? ""))
                }
                let whole = try await resource.pages("&limit=200", of: ids)
                #expect(whole.sorted() == ids.sorted(), "\(resource.name)")
                for limit in [1, 2, 5] {
                    #expect(try await resource.pages("&limit=\(limit)", of: ids) == whole, "\(resource.name)")
                    let numbered = try await resource.pages("&page_size=\(limit)", of: ids, cursor: false)
                    #expect(numbered == whole, "\(resource.name)")
                }
                let first = try await resource.send("GET", "\(resource.path)?page=1&page_size=1")
                #expect(first.json["total"]?.numberValue?.int64 ?? 0 >= 5, "\(resource.name)")
                #expect(first.json["page"] == 1 && first.json["page_size"] == 1 && first.json["next_cursor"] == .null)
                let cut = try await resource.send("GET", "\(resource.path)?limit=1")
                cursors[resource.name] = try #require(cut.json["next_cursor"]?.stringValue, "\(resource.name)")
            }
            for resource in resources {
                for (other, cursor) in cursors where other != resource.name {
                    let foreign = try await resource.send("GET", "\(resource.path)?cursor=\(cursor)")
                    #expect(foreign.violations == ["cursor invalid_cursor"], "\(resource.name) by \(other)")
                }
            }
        }
    }

    @Test("what a list's query may not say is refused with the parameter's name")
    func query() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                for (query, violation) in [
                    ("limit=0", "limit invalid_parameter"), ("limit=201", "limit invalid_parameter"),
                    ("page=0", "page invalid_parameter"), ("page_size=x", "page_size invalid_parameter"),
                    ("cursor=AAAA", "cursor invalid_cursor"), ("limit=1&limit=2", "limit duplicate_parameter"),
                    ("other=1", "other unknown_parameter"), ("page=1&limit=1", "# conflicting_parameters"),
                ] {
                    let refused = try await resource.send("GET", "\(resource.path)?\(query)")
                    #expect(refused.status == 422, "\(resource.name) \(query)")
                    #expect(refused.violations == [violation], "\(resource.name) \(query)")
                }
            }
        }
    }

    @Test("an item is what its creation answered, has an entity tag, and is 304 while it keeps it")
    func entityTags() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                let (location, made) = try await resource.made(1)
                let tag = try #require(made.headers["etag"], "\(resource.name)")
                let read = try await resource.send("GET", location)
                #expect(read.status == 200 && read.headers["cache-control"] == "private, no-cache")
                for (member, value) in try #require(read.json.objectValue) {
                    // A secret's value is masked in the answer to its creation.
                    guard made.json["masked"] != true || !["value", "masked"].contains(member) else { continue }
                    #expect(made.json[member] == value, "\(resource.name) \(member)")
                }
                let own = try #require(read.headers["etag"])
                let head = try await resource.send("HEAD", location)
                #expect(head.status == 200 && head.headers["etag"] == own && head.body.isEmpty)
                for field in [own, "W/\(own)", "\"x\", \(own)", "*"] {
                    let known = try await resource.send("GET", location, headers: "If-None-Match: \(field)")
                    #expect(known.status == 304 && known.body.isEmpty && known.headers["etag"] == own, "\(field)")
                }
                #expect(try await resource.send("GET", location, headers: "If-None-Match: \"x\"").status == 200)
                #expect(try await resource.send("GET", location, headers: "If-Match: \"x\"").status == 412)
                guard made.json["masked"] != true else { continue }
                #expect(tag == own, "\(resource.name)")
            }
        }
    }

    @Test("a change of a stale version is 412 and changes nothing; one of the current version is made")
    func versions() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                let (location, _) = try await resource.made(1)
                let before = try await resource.send("GET", location)
                let tag = try #require(before.headers["etag"])
                let patch = resource.update?.request?.media.first?.example
                for header in ["If-Match: \"77\"", "If-Match: W/\(tag)", "If-Match: \"x\"", "If-None-Match: *"] {
                    for (entry, body) in [(resource.update, patch), (resource.delete, nil)] {
                        guard let entry else { continue }
                        let stale = try await resource.send(
                            entry.operation.method.rawValue, location, body, headers: header)
                        #expect(
                            stale.status == 412 && stale.code == "precondition_failed", "\(resource.name) \(header)")
                    }
                }
                #expect(try await resource.send("GET", location).body == before.body, "\(resource.name)")
                if let patch {
                    let changed = try await resource.send("PATCH", location, patch, headers: "If-Match: \(tag)")
                    #expect(changed.status == 200, "\(resource.name): \(changed.body)")
                    #expect(try await resource.send("PATCH", location, patch, headers: "If-Match: *").status == 200)
                }
                guard resource.delete != nil else { continue }
                let current = try #require(try await resource.send("GET", location).headers["etag"])
                let deleted = try await resource.send("DELETE", location, headers: "If-Match: \(current)")
                #expect(deleted.status == (resource.isOfPlatform ? 202 : 204), "\(resource.name): \(deleted.body)")
                guard !resource.isOfPlatform else { continue }
                for method in ["GET", "DELETE"] {
                    let gone = try await resource.send(method, location)
                    #expect(gone.status == 404, "\(resource.name)")
                    #expect(resource.get.operation.failures.map(\.slug).contains(gone.code ?? ""), "\(resource.name)")
                }
            }
        }
    }

    @Test("another tenant finds neither the item nor an id that cannot be one, and its list is without it")
    func otherTenants() async throws {
        try await ServedTenon.with { tenon in
            let resources = try await PlainResource.all(tenon)
            let stranger = try await tenon.registered("other").token
            for resource in resources {
                let (location, _) = try await resource.made(1)
                let id = String(location.split(separator: "/").last ?? "")
                for entry in [resource.get, resource.update, resource.delete].compactMap(\.self) {
                    let method = entry.operation.method.rawValue
                    let patch = method == "PATCH" ? resource.update?.request?.media.first?.example : nil
                    let foreign = try await resource.send(method, location, patch, as: stranger)
                    // Only administrators of the platform delete tenants.
                    let isDenied = if case .platform = entry.operation.access { true } else { false }
                    let isOwnPlan = resource.isOfPlatform && method == "PATCH"
                    #expect(
                        foreign.status == (isDenied ? 403 : 404) || isOwnPlan && foreign.status == 404,
                        "\(resource.name) \(method)")
                    let missing = try await resource.send(method, "\(resource.path)/No!", patch)
                    #expect(missing.status == 404 || method == "PUT", "\(resource.name) \(method)")
                }
                let list = try await resource.send("GET", resource.path + "?limit=200", as: stranger)
                #expect(!list.body.contains("\"\(id)\""), "\(resource.name)")
            }
        }
    }

    @Test("who has no role may not create, list, read, change or delete")
    func roles() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                let (location, _) = try await resource.made(1)
                let tenant = try tenon.signer.verify(resource.token, at: SystemClock().now()).tenant
                // All users of the platform's tenant are its administrators; for a user of another tenant, an item of the
                // platform may as well not exist.
                let nobody = try resource.isOfPlatform ? tenon.token([]) : tenon.token([], tenant: tenant)
                let patch = resource.update?.request?.media.first?.example
                for (entry, path, body) in [
                    (resource.create, resource.path, try resource.body(2)), (resource.list, resource.path, nil),
                    (resource.get, location, nil), (resource.update, location, patch), (resource.delete, location, nil),
                ] as [(EndpointCatalog.Entry?, String, JSONValue?)] {
                    guard let entry else { continue }
                    let refused = try await resource.send(
                        entry.operation.method.rawValue, path, body, as: nobody)
                    let isHidden = resource.isOfPlatform && path == location && refused.code == "tenant_not_found"
                    #expect(refused.status == (isHidden ? 404 : 403), "\(entry.operation.id): \(refused.body)")
                    #expect(isHidden || refused.code == "permission_denied", "\(entry.operation.id)")
                }
                #expect(try await resource.send("GET", location).status == 200, "\(resource.name)")
            }
        }
    }

    @Test("a repeat with its idempotency key creates nothing more; the key of another body is refused")
    func idempotency() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) where resource.create.operation.takesIdempotencyKey {
                let key = "Idempotency-Key: k"
                let first = try await resource.send("POST", nil, try resource.body(1), headers: key)
                let again = try await resource.send("POST", nil, try resource.body(1), headers: key)
                #expect(first.status == 201 && again.status == 201, "\(resource.name): \(first.body)")
                #expect(again.body == first.body && again.headers["idempotency-replayed"] == "true", "\(resource.name)")
                for field in ["etag", "location", "content-type", "cache-control"] {
                    #expect(again.headers[field] == first.headers[field], "\(resource.name) \(field)")
                }
                let other = try await resource.send("POST", nil, try resource.body(2), headers: key)
                #expect(other.status == 422 && other.code == "idempotency_key_reused", "\(resource.name)")
                let id = String(first.headers["location"]?.split(separator: "/").last ?? "")
                #expect(try await resource.pages("&limit=200", of: [id]) == [id], "\(resource.name)")
            }
        }
    }

    @Test("a name that is taken is refused with the code that the operation declares")
    func taken() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                let codes = resource.create.operation.failures.map(\.slug).filter { $0.hasSuffix("_taken") }
                guard !codes.isEmpty else { continue }
                _ = try await resource.made(1)
                let again = try await resource.send("POST", nil, try resource.body(1))
                #expect(again.status == 409 && codes.contains(again.code ?? ""), "\(resource.name): \(again.body)")
            }
        }
    }

    @Test("a body without a required member, with an unknown one or of another type is refused where it is wrong")
    func bodies() async throws {
        try await ServedTenon.with { tenon in
            for resource in try await PlainResource.all(tenon) {
                guard case .object(let description) = resource.create.request else { continue }
                let body = try #require(try resource.body(1).objectValue)
                for property in description.properties where property.isRequired {
                    var less = JSONObject()
                    for (name, value) in body where name != property.name { less[name] = value }
                    let refused = try await resource.send("POST", nil, .object(less))
                    #expect(refused.status == 422, "\(resource.name)")
                    #expect(
                        refused.violations.contains("#/\(property.name) missing"),
                        "\(resource.name) \(property.name): \(refused.body)")
                }
                for entry in [resource.create, resource.update].compactMap(\.self) {
                    let place = entry === resource.create ? resource.path : try await resource.made(7).location
                    var more = try #require(entry.request?.media.first?.example.objectValue)
                    more["no_such_member"] = 1
                    let refused = try await resource.send(entry.operation.method.rawValue, place, .object(more))
                    #expect(refused.violations == ["#/no_such_member unknown_field"], "\(entry.operation.id)")
                    let list = try await resource.send(entry.operation.method.rawValue, place, [])
                    #expect(list.violations == ["# wrong_type"], "\(entry.operation.id)")
                }
            }
        }
    }
}
