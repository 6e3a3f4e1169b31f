import TestSupport

/// Policies and requests of few names, so that they meet often.
struct RandomPolicies {
    private var generator: SplitMix64

    init(seed: UInt64) {
        generator = SplitMix64(seed: seed)
    }

    static let users = ["ada", "bo", "cy", "di"]
    static let groups = ["keeper", "reader", "editor", "admin"]
    static let objects = ["ledger", "archive", "notes", "*"]
    static let actions = ["read", "write", "any"]

    mutating func one(of texts: [String]) -> String { texts[Int(generator.next() % UInt64(texts.count))] }

    mutating func number(below limit: Int) -> Int { Int(generator.next() % UInt64(limit)) }

    /// Of `p = sub, obj, act` and `g = _, _`; roles have only later ones as roles.
    func roles(rules: Int, links: Int) -> String {
        var random = self
        var lines = (0..<rules).map { _ in
            "p, \(random.one(of: Self.users + Self.groups)), \(random.one(of: Self.objects)), \(random.one(of: Self.actions))"
        }
        lines += (0..<links).map { _ in random.link() }
        return lines.joined(separator: "\n")
    }

    mutating func link() -> String {
        let role = number(below: Self.groups.count)
        return "g, \(one(of: Self.users + Self.groups[..<role])), \(Self.groups[role])"
    }

    func requests(_ count: Int) -> [[String]] {
        var random = self
        return (0..<count).map { _ in
            [random.one(of: Self.users + Self.groups), random.one(of: Self.objects), random.one(of: Self.actions)]
        }
    }
}
