import Foundation
import Testing

struct PolicyCommandTests {
    private static let model = """
        [request_definition]
        r = sub, obj, act
        [policy_definition]
        p = rule, obj, act
        [role_definition]
        g = _, _
        [policy_effect]
        e = some(where (p.eft == allow))
        [matchers]
        m = eval(p.rule) && r.obj == p.obj && r.act == p.act
        """

    private func eval(
        model: String = model, policy: String, requests: String, options: String = ""
    ) async throws -> ShellCommand {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-policy-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        for (name, text) in [("model.conf", model), ("policy.csv", policy), ("requests.csv", requests)] {
            try text.write(to: folder.appending(path: name), atomically: true, encoding: .utf8)
        }
        return try await ShellCommand.run(
            "tenon policy eval --model model.conf --policy policy.csv --requests requests.csv \(options)",
            in: folder.path)
    }

    @Test("Requests are decided line by line; one that cannot be is denied, and standard error says why")
    func decisions() async throws {
        let shown = try await eval(
            policy: "p, r.sub.Age > 18, ledger, read",
            requests: """
                # who, what, how
                "{""Age"": 20}", ledger, read

                "{""Age"": 18}", ledger, read\r
                ada, ledger, read
                ada, ledger
                "ada, ledger, read

                """)
        #expect(shown.output == "true\nfalse\nfalse\nfalse\nfalse\n")
        #expect(
            shown.errors == """
                tenon: requests.csv:5: the member Age does not exist; denied
                tenon: requests.csv:6: a request must have 3 values; denied
                tenon: requests.csv:7:1: the quote that opens here is not closed; denied

                """)
        #expect(shown.status == 0)
    }

    @Test("A byte order mark at the beginning of a file is skipped")
    func byteOrderMarks() async throws {
        let mark = "\u{FEFF}"
        let shown = try await eval(
            model: mark + Self.model, policy: mark + "p, true, ledger, read", requests: mark + "ada, ledger, read\n")
        #expect(shown.output == "true\n" && shown.errors == "" && shown.status == 0)
    }

    @Test("Roles that are had for a time are decided at the time that is given, and else now")
    func times() async throws {
        let model = Self.model.replacing("g = _, _", with: "g = _, _, (_, _)")
            .replacing("eval(p.rule)", with: "g(r.sub, p.rule)")
        func decided(_ options: String) async throws -> ShellCommand {
            try await eval(
                model: model,
                policy: "p, admin, ledger, read\ng, ada, admin, 2001-01-01 00:00:00, 2001-02-01 00:00:00",
                requests: "ada, ledger, read", options: options)
        }
        #expect(try await decided("").output == "false\n")
        #expect(try await decided("--at '2001-01-01 00:00:00'").output == "true\n")
        #expect(try await decided("--at 2001-02-01T00:30:00+01:00").output == "true\n")
        #expect(try await decided("--at 2001-02-01T00:00:00Z").output == "false\n")
        let refused = try await decided("--at yesterday")
        #expect(refused.status != 0 && refused.errors.contains("got 'yesterday'"))
    }

    @Test("A second matcher with a fault is told of, and the first one decides")
    func faultySet() async throws {
        let model = Self.model + "\nm2 = r.sub == unknown(p.obj)\n"
        func decided(_ options: String) async throws -> ShellCommand {
            try await eval(
                model: model, policy: "p, true, ledger, read", requests: "ada, ledger, read", options: options)
        }
        let first = try await decided("")
        #expect(first.output == "true\n" && first.status == 0)
        #expect(first.errors == "tenon: model.conf:11:15: unknown function unknown; m2 cannot be used\n")
        let second = try await decided("--context 2")
        #expect(second.output == "" && second.status == 1)
        #expect(second.errors == "tenon: model.conf:11:15: unknown function unknown\n")
    }

    @Test("A fault of the model or the policy is one line with its file, line and column, and exit code 1")
    func faults() async throws {
        let rule = try await eval(policy: "p, true, ledger, read\np, r.sub.Age >, ledger, read", requests: "a, b, c")
        #expect(rule.errors == "tenon: policy.csv:2:15: expected a value\n")
        #expect(rule.output == "" && rule.status == 1)
        let model = try await eval(
            model: Self.model.replacing("p.act", with: "p.verb"), policy: "", requests: "a, b, c")
        #expect(model.errors == "tenon: model.conf:10:50: p must be followed by one of rule, obj, act\n")
        #expect(model.output == "" && model.status == 1)
    }
}
