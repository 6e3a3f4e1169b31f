internal import Foundation
internal import TenonDomain
internal import TenonPostgres

/// An import of ten thousand new keys over HTTP, against COPY of the very rows that it wrote.
struct ImportBench {
    let folder: String
    let rounds: Int

    private static let keys = ConfigDocuments.maxItems

    func run() throws {
        let tenon = try Served(["serve", "--data-dir", folder], port: 18_121)
        defer { tenon.stop() }
        try tenon.waitFor("/health/ready")
        let session = try Session(tenon)
        let scratch = try Session(tenon)
        let psql = Psql(socket: try tenon.socketFolder(folder))
        let document = "\(folder)/import.json"
        try Self.document.write(toFile: document, atomically: true, encoding: .utf8)
        var comparison = Comparison(
            "import of \(Self.keys) new keys over HTTP, rows per second against COPY of the same rows",
            aim: .atLeast(0.3))
        // The first one warms both.
        for round in 0...max(rounds, 5) {
            let namespace = try session.addNamespace(tenon, "import-\(round)")
            let ours = try importing(document, into: namespace, session, tenon)
            let limit = try copying(
                from: session.tenant, namespace, to: scratch.tenant, try scratch.addNamespace(tenon, "copy-\(round)"),
                psql)
            if round > 0 {
                comparison.add(ours: Double(Self.keys) / ours, limit: Double(Self.keys) / limit)
            }
        }
        comparison.report()
    }

    private static var document: String {
        let lines = (0..<keys).map { number in
            #"  "service_\#(number).setting": "\#(number) \#(String(repeating: "abcdefghi ", count: 9))value""#
        }
        return "{\n\(lines.joined(separator: ",\n"))\n}\n"
    }

    /// Seconds, of one request.
    private func importing(
        _ document: String, into namespace: String, _ session: Session, _ tenon: Served
    ) throws -> Double {
        let output = try Shell.run(
            "curl",
            [
                "-s", "-o", "\(folder)/import.answer", "-w", "%{http_code} %{time_total}", "--data-binary",
                "@\(document)", "-H", "Content-Type: application/json", "-H", "Expect:", "-H",
                "Authorization: Bearer \(session.token)",
                "http://127.0.0.1:\(tenon.port)/api/v1/namespaces/\(namespace)/import",
            ])
        let answer = output.split(separator: " ")
        guard answer.first == "200", let seconds = answer.last.flatMap({ Double($0) }) else {
            throw Shell.Failed(description: "the import was answered \(output)")
        }
        return seconds
    }

    /// Seconds of a transaction that copies what a namespace has, in COPY's binary format, into another tenant's.
    private func copying(
        from tenant: String, _ namespace: String, to otherTenant: String, _ otherNamespace: String, _ psql: Psql
    ) throws -> Double {
        let other = "'\(uuid(TenantID(otherTenant)))'::uuid, '\(uuid(NamespaceID(otherNamespace)))'::uuid"
        let rows = "WHERE tenant_id = '\(uuid(TenantID(tenant)))' AND namespace_id = '\(uuid(NamespaceID(namespace)))'"
        let tables = [
            ("tenon.configs", "id, key, version, version_id, created_by, created_at, is_deleted", "id"),
            (
                "tenon.config_versions",
                """
                id, version, value_type, validation_schema, sealed_value, created_by, created_at, key, change, revision, \
                ordinal, description, is_secret, tags, comment
                """, "ordinal"
            ),
        ]
        var script: [String] = []
        for (table, columns, order) in tables {
            script.append(
                """
                \\copy (SELECT \(other), \(columns) FROM \(table) \(rows) ORDER BY \(order)) \
                TO '\(folder)/\(table)' WITH (FORMAT binary)
                """)
        }
        script += ["SELECT extract(epoch FROM clock_timestamp())", "BEGIN"]
        for (table, columns, _) in tables {
            script.append(
                """
                \\copy \(table) (tenant_id, namespace_id, \(columns)) FROM '\(folder)/\(table)' WITH (FORMAT binary)
                """)
        }
        script += [
            "COMMIT", "SELECT extract(epoch FROM clock_timestamp())",
            "SELECT count(*) FROM tenon.config_versions WHERE (tenant_id, namespace_id) = (\(other))",
        ]
        let figures = try psql.run(script.joined(separator: "\n")).split(separator: "\n").compactMap { Double($0) }
        guard figures.count == 3, figures[2] == Double(Self.keys) else {
            throw Shell.Failed(description: "COPY did not copy all rows: \(figures)")
        }
        return figures[1] - figures[0]
    }

    private func uuid<Entity>(_ id: Identifier<Entity>?) -> String { id.map { Scope.uuidText($0) } ?? "" }
}
