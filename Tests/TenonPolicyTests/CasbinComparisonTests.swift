import Foundation
import TenonKit
import TenonPolicy
import Testing

/// Decides as pycasbin does, which `deploy/fetch-casbin` (part of `make test`) puts into `.build`. Without it this is
/// skipped.
@Suite(.enabled(if: CasbinPeer.isThere, "deploy/fetch-casbin .build/casbin fetches pycasbin"))
struct CasbinComparisonTests {
    @Test("On the well-known models the decisions are those of Casbin")
    func wellKnown() throws {
        let cases = PolicyExample.wellKnown.map { ($0.model, $0.policy, $0.requests.map(\.line)) }
        try compare(cases)
    }

    @Test("On random policies and requests the decisions are those of Casbin")
    func random() throws {
        let both = "\(PolicyExample.allow) && \(PolicyExample.noDeny)"
        let matcher = "g(r.sub, p.sub) && (r.obj == p.obj || p.obj == \"*\") && r.act == p.act"
        var cases: [(String, String, [String])] = []
        for seed in 0..<UInt64(60) {
            var random = RandomPolicies(seed: seed)
            let effect = [PolicyExample.allow, PolicyExample.noDeny, both, "priority(p.eft) || deny"][Int(seed) % 4]
            let hasPriority = seed % 8 == 7
            let model = PolicyExample.model(
                seed % 3 == 0 ? matcher.replacing(" && ", with: " && \\\n ") : matcher + " || r.sub == \"root\"",
                policy: (hasPriority ? "priority, " : "") + "sub, obj, act, eft", roles: ["g = _, _"], effect: effect)
            var lines = (0..<random.number(below: 30)).map { _ in random.link() }
            for _ in 0..<random.number(below: 25) {
                let priority = hasPriority ? "\(random.number(below: 5)), " : ""
                let rule = [
                    random.one(of: RandomPolicies.users + RandomPolicies.groups),
                    random.one(of: RandomPolicies.objects), random.one(of: RandomPolicies.actions),
                    random.one(of: ["allow", "allow", "deny", "maybe"]),
                ]
                lines.append("p, " + priority + rule.joined(separator: ", "))
            }
            let requests = RandomPolicies(seed: seed &+ 500).requests(40).map { $0.joined(separator: ", ") }
            cases.append((model, lines.joined(separator: "\n"), requests + ["root, x, y"]))
        }
        try compare(cases)
    }

    @Test("On random keys and patterns the functions answer as Casbin's")
    func keys() throws {
        var cases: [(String, String, [String])] = []
        for (index, function) in ["keyMatch", "keyMatch2", "keyMatch3", "keyMatch4", "keyMatch5", "globMatch"]
            .enumerated()
        {
            var random = RandomPolicies(seed: UInt64(index) + 77)
            let parameter = function == "keyMatch2" ? ":id" : "{id}"
            let isGlob = function == "globMatch"
            let parts = ["a", "b", "ab", "a-b", "*"] + (isGlob ? ["**", "a*", "?", "[ab]", "{a,b}"] : [parameter])
            let requests = (0..<60).map { _ in
                "/"
                    + (0...random.number(below: 4)).map { _ in random.one(of: ["a", "b", "ab", "a-b"]) }
                    .joined(separator: "/") + (function == "keyMatch5" ? random.one(of: ["", "?x=1"]) : "")
            }
            for _ in 0..<40 {
                let pattern =
                    "/"
                    + (0...random.number(below: 3)).map { _ in random.one(of: parts) }
                    .joined(separator: "/")
                let model = PolicyExample.model("\(function)(r.obj, p.obj)", request: "obj", policy: "obj")
                cases.append((model, "p, \"\(pattern)\"", requests))
            }
        }
        try compare(cases)
    }

    private func compare(_ cases: [(model: String, policy: String, requests: [String])]) throws {
        let expected = try CasbinPeer.decisions(cases)
        var decided = [0, 0]
        for (index, (model, policy, requests)) in cases.enumerated() {
            let engine = try PolicyEngine(model: model, policy: policy)
            for (request, isAllowed) in zip(requests, expected[index]) {
                let decision = try engine.decide(line: request)
                #expect(decision.isAllowed == isAllowed, "\(request)\n\(model)\n\(policy)")
                decided[decision.isAllowed ? 1 : 0] += 1
            }
        }
        print("compared with pycasbin: \(decided[1]) requests allowed, \(decided[0]) denied")
        #expect(decided[0] > 0 && decided[1] > 0)
    }
}

private enum CasbinPeer {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../.build/casbin").standardizedFileURL

    static var isThere: Bool { FileManager.default.fileExists(atPath: folder.appending(path: ".version").path) }

    /// Reads cases as JSON, asks pycasbin, writes its decisions as JSON. A request that it cannot decide is denied.
    private static let program = """
        import casbin, csv, json, logging, sys
        logging.disable(logging.CRITICAL)

        class Rules(casbin.persist.Adapter):
            def __init__(self, text):
                self.text = text
            def load_policy(self, model):
                for row in csv.reader(self.text.split("\\n"), skipinitialspace=True):
                    if row:
                        rules = model.model[row[0][0]][row[0]].policy
                        if row[1:] not in rules:
                            rules.append(row[1:])

        def value(text):
            try:
                found = json.loads(text)
                return found if isinstance(found, dict) else text
            except ValueError:
                return text

        answers = []
        for model, policy, requests in json.load(sys.stdin):
            parsed = casbin.Enforcer.new_model(text=model)
            enforcer = casbin.Enforcer(parsed, Rules(policy))
            # Casbin looks at the times of a role only where it is told to, for each link.
            if enforcer.cond_rm_map:
                for rule in enforcer.get_grouping_policy():
                    if len(enforcer.model["g"]["g"].tokens) == 2:
                        enforcer.add_named_link_condition_func("g", rule[0], rule[1], casbin.util.time_match_func)
                    else:
                        enforcer.add_named_domain_link_condition_func("g", *rule[:3], casbin.util.time_match_func)
            decided = []
            for line in requests:
                values = next(csv.reader([line], skipinitialspace=True))
                try:
                    decided.append(enforcer.enforce(*[value(text) for text in values]))
                except Exception:
                    decided.append(False)
            answers.append(decided)
        json.dump(answers, sys.stdout)
        """

    static func decisions(_ cases: [(model: String, policy: String, requests: [String])]) throws -> [[Bool]] {
        let input: JSONValue = .array(
            cases.map { [.string($0.model), .string($0.policy), .array($0.requests.map { .string($0) })] })
        let scratch = FileManager.default.temporaryDirectory.appending(path: "tenon-casbin-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: scratch) }
        try Data(input.encoded()).write(to: scratch.appending(path: "cases.json"))
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", program]
        process.environment = ProcessInfo.processInfo.environment.merging(["PYTHONPATH": folder.path]) { $1 }
        process.standardInput = try FileHandle(forReadingFrom: scratch.appending(path: "cases.json"))
        let output = scratch.appending(path: "answers.json")
        _ = FileManager.default.createFile(atPath: output.path, contents: nil)
        process.standardOutput = try FileHandle(forWritingTo: output)
        try process.run()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0)
        let answers = try JSONParser.parse([UInt8](Data(contentsOf: output)))
        return try #require(answers.arrayValue).map { try #require($0.arrayValue).map { $0.boolValue ?? false } }
    }
}
