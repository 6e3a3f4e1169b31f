internal import TenonDomain
internal import TenonKit
internal import TenonPolicy

/// Authorization checks of the policy engine: each against one look-up of the same user in a bare dictionary, and at
/// 110,000 rules against 1,000. In the bench's own process, on one thread.
struct PolicyBench {
    let rounds: Int

    private static let model = """
        [request_definition]
        r = sub, obj, act
        [policy_definition]
        p = sub, obj, act
        [role_definition]
        g = _, _
        [policy_effect]
        e = some(where (p.eft == allow))
        [matchers]
        m = g(r.sub, p.sub) && r.obj == p.obj && r.act == p.act
        """
    private static let requests = 20_000
    /// No role is for a time.
    private static let now = Timestamp(millisecondsSince1970: 0)

    /// Ten users in each role, a rule for each role: so many rules in all.
    private struct Population {
        let engine: PolicyEngine
        let bare: [String: Int]
        let requests: [[JSONValue]]

        init(rules: Int) throws {
            let roles = rules / 11
            var lines: [String] = []
            for role in 0..<roles { lines.append("p, role:\(role), data\(role / 10), read") }
            for user in 0..<roles * 10 { lines.append("g, user:\(user), role:\(user / 10)") }
            engine = try PolicyEngine(model: PolicyBench.model, policy: lines.joined(separator: "\n"))
            bare = Dictionary(uniqueKeysWithValues: (0..<roles * 10).map { ("user:\($0)", $0) })
            // Every other one asks for what is not its own.
            requests = (0..<PolicyBench.requests).map { number in
                let user = (number &* 7919) % (roles * 10)
                return [.string("user:\(user)"), .string("data\(user / 100 + number % 2)"), "read"]
            }
        }

        /// Microseconds of one check.
        func check() throws -> Double {
            var allowed = 0
            let time = ContinuousClock().measure {
                for request in requests where engine.decide(request, at: PolicyBench.now).isAllowed { allowed += 1 }
            }
            guard allowed == requests.count / 2 else { throw Shell.Failed(description: "\(allowed) are allowed") }
            return time.inSeconds * 1e6 / Double(requests.count)
        }

        func lookUp() throws -> Double {
            var found = 0
            let time = ContinuousClock().measure {
                for request in requests where bare[request[0].stringValue ?? ""] != nil { found += 1 }
            }
            guard found == requests.count else { throw Shell.Failed(description: "\(found) are found") }
            return time.inSeconds * 1e6 / Double(requests.count)
        }
    }

    func run() throws {
        let few = try Population(rules: 1000)
        let many = try Population(rules: 110_000)
        var absolute = Comparison(
            "policy: an authorization check at 110,000 rules, against 20 microseconds", in: .microseconds,
            aim: .atMost(1))
        var growth = Comparison(
            "policy: a check at 110,000 rules, against one at 1,000", in: .microseconds, aim: .atMost(3))
        var bare = Comparison(
            "policy: a check at 110,000 rules, against a look-up of the user in a dictionary", in: .microseconds,
            aim: nil)
        for _ in 0..<max(rounds, 5) {
            let small = try few.check()
            let large = try many.check()
            absolute.add(ours: large, limit: 20)
            growth.add(ours: large, limit: small)
            bare.add(ours: large, limit: try many.lookUp())
        }
        absolute.report()
        growth.report()
        bare.report()
    }
}
