import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

/// What a restore must not give out again.
@Suite struct RestoredVersionTests {
    /// Every version that is an entity tag, by its resource.
    private func versions(_ tenant: RestoredTenant) async throws -> [String: Int64] {
        var all: [String: Int64] = [:]
        for (table, name, column) in [
            ("users", "email", "version"), ("roles", "name", "version"), ("namespaces", "name", "revision"),
            ("configs", "key", "version"),
        ] {
            let rows = try await tenant.sql("SELECT \(name), \(column) FROM tenon.\(table) WHERE tenant_id = ID")
            for row in rows { all["\(table) \(row[0] ?? "")"] = row[1].flatMap { Int64($0) } }
        }
        return all
    }

    @Test("A restored account claims its e-mail address for no other tenant, which may have registered it since")
    func personalAccount() async throws {
        try await RestoredTenant.use(.shared) { tenant in
            try await tenant.addUser("ann@example.com")
            try await tenant.sql("UPDATE tenon.users SET is_personal = true WHERE tenant_id = ID")
            try await tenant.backUp()
            try await tenant.restore()
            let rows = try await tenant.sql("SELECT email, is_personal FROM tenon.users WHERE tenant_id = ID")
            #expect(rows.contains { $0 == ["ann@example.com", "f"] }, "\(rows)")
        }
    }

    @Test(
        "no version of anything comes twice, however often backups are restored",
        arguments: RestoredTenant.Isolation.allCases)
    func versions(isolation: RestoredTenant.Isolation) async throws {
        try await RestoredTenant.use(isolation) { tenant in
            try await tenant.addUser("ann@example.com")
            try await tenant.addRole("auditor")
            try await tenant.set("kept", 1)
            try await tenant.backUp()
            var seen: [String: Set<Int64>] = [:]
            func note(_ resources: Set<String>) async throws {
                for (resource, version) in try await versions(tenant) where resources.contains(resource) {
                    #expect(seen[resource, default: []].insert(version).inserted, "\(resource) \(version)")
                }
            }
            let all: Set = [
                "users ann@example.com", "roles auditor", "roles other", "namespaces app", "configs kept",
                "configs new",
            ]
            for round in 0..<3 {
                // What is as it was may have the version that it had.
                try await note(all.subtracting(round == 0 ? [] : ["configs kept"]))
                for value in 2...4 {
                    try await tenant.set("kept", value)
                    try await tenant.set("new", value)
                    try await tenant.touchUser("ann@example.com")
                    try await tenant.touchRole("auditor")
                    if value > 2 { try await tenant.removeRole("other") }
                    try await tenant.addRole("other")
                    try await note(all)
                }
                try await tenant.restore()
            }
            // From a backup of a later life too.
            try await note(all.subtracting(["configs kept"]))
            try await tenant.backUp()
            try await tenant.set("kept", 9)
            try await note(["configs kept", "namespaces app"])
            try await tenant.restore()
            try await tenant.set("kept", 10)
            try await note(all)
        }
    }

    @Test("whoever signs in after a second restore of a lost database is let in, and nobody from before is")
    func lostTwice() async throws {
        try await RestoredTenant.use(.database) { tenant in
            try await tenant.addUser("ann@example.com")
            try await tenant.backUp()
            try await tenant.addUser("late@example.com")
            let late = try await tenant.user("late@example.com")
            var former = try await tenant.user("ann@example.com")
            for _ in 0..<3 {
                // A change of the password between the two, which refuses tokens of older versions.
                try await tenant.touchUser("ann@example.com")
                former = try await tenant.user("ann@example.com")
                let changed = former
                try await tenant.sandbox.transactions.write(for: tenant.sandbox.caller(tenant.id)) {
                    work throws(Failure) in
                    work.accessChanged(.user(changed.id), epoch: changed.version)
                }
                try await tenant.lose()
                try await tenant.restore()
                let user = try await tenant.user("ann@example.com")
                let changes = try await PostgresAccessFeed(tenant.sandbox.database).changes(within: .seconds(600))
                func epoch(_ id: UserID) -> Int64 {
                    changes.filter { $0.subject == .user(id) }.map(\.epoch).max() ?? 0
                }
                #expect(epoch(user.id) > former.version)
                #expect(epoch(user.id) <= user.version)
                #expect(epoch(late.id) > late.version)
            }
        }
    }

    @Test("a file that was made before restores had numbers is restored", arguments: RestoredTenant.Isolation.allCases)
    func olderFile(isolation: RestoredTenant.Isolation) async throws {
        try await RestoredTenant.use(isolation) { tenant in
            try await tenant.set("kept", 1)
            try await tenant.backUp()
            try tenant.rewriteBackup { line in
                line.replacing("\"schema_version\":\(Migrator.newestVersion)", with: "\"schema_version\":19")
                    .replacing(",\"restored_revision\"", with: "").replacing(/\t0$/, with: "")
            }
            try await tenant.set("kept", 2)
            try await tenant.restore()
            let namespace = try await tenant.namespace()
            #expect(namespace.revision > VersionFloor.span && namespace.restoredRevision == namespace.revision)
            #expect(try await tenant.set("kept", 3) == namespace.revision + 1)
        }
    }
}
