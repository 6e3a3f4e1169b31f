internal import TenonKit

/// The direct roles of each name, in each domain of one relation. Names are ids of a `TextTable`.
package struct RoleGraph: Sendable {
    /// The maximum number of steps from a name to its roles, as in Casbin.
    package static let maxDepth = 10

    /// Which roles of a limited period count.
    enum Links: Sendable, Hashable {
        case at(Timestamp)
        /// All of them.
        case ever
        /// None of them.
        case always

        fileprivate func include(_ link: Link) -> Bool {
            switch self {
            case .at(let moment): link.period.contains(moment)
            case .ever: true
            case .always: link.period == .always
            }
        }
    }

    private struct Node: Hashable {
        let name: Int32
        let domain: Int32
    }

    fileprivate struct Link: Sendable {
        let role: Int32
        let period: RolePeriod
    }

    /// The relation's name: `g`, `g2`.
    let name: String
    private var parents: [Node: [Link]] = [:]

    /// The number of direct links from a name to a role.
    var count: Int { parents.values.reduce(0) { $0 + $1.count } }

    init(_ name: String) {
        self.name = name
    }

    /// The first has the second as a role.
    mutating func add(_ name: Int32, _ role: Int32, in domain: Int32, during period: RolePeriod) {
        parents[Node(name: name, domain: domain), default: []].append(Link(role: role, period: period))
    }

    /// The name and all its roles. Stops where a cycle closes.
    func closure(of name: Int32, in domain: Int32, by links: Links) -> Set<Int32> {
        var found: Set<Int32> = [name]
        var level = [name]
        for _ in 0..<Self.maxDepth where !level.isEmpty {
            var next: [Int32] = []
            for name in level {
                for link in parents[Node(name: name, domain: domain)] ?? []
                where links.include(link) && found.insert(link.role).inserted {
                    next.append(link.role)
                }
            }
            level = next
        }
        return found
    }

    /// The names of one cycle in its order, regardless of periods; nil if there is none.
    func cycle() -> [Int32]? {
        var finished: Set<Node> = []
        for start in parents.keys.sorted(by: { ($0.domain, $0.name) < ($1.domain, $1.name) }) {
            // The path from the start, and how many of each name's roles were followed.
            var way: [(node: Node, next: Int)] = [(start, 0)]
            var isOnWay: Set<Node> = [start]
            if finished.contains(start) { continue }
            while let (node, next) = way.last {
                guard let roles = parents[node], next < roles.count else {
                    finished.insert(node)
                    isOnWay.remove(node)
                    way.removeLast()
                    continue
                }
                way[way.count - 1].next += 1
                let role = Node(name: roles[next].role, domain: node.domain)
                if isOnWay.contains(role) {
                    return way.drop { $0.node != role }.map(\.node.name)
                }
                if !finished.contains(role) {
                    way.append((role, 0))
                    isOnWay.insert(role)
                }
            }
        }
        return nil
    }

    /// The first name with a path that is too long; nil if there is none.
    func tooDeep() -> Int32? {
        var known: [Int64: Int] = [:]
        return parents.keys.sorted { ($0.domain, $0.name) < ($1.domain, $1.name) }
            .first { depth(of: $0.name, in: $0.domain, &known) > Self.maxDepth }?.name
    }

    /// By name and domain, the number of steps above it to a role without roles; the longest path counts.
    func depth(of name: Int32, in domain: Int32, _ known: inout [Int64: Int], limit: Int = 100) -> Int {
        let key = Int64(domain) << 32 | Int64(name)
        if let depth = known[key] { return depth }
        guard limit > 0 else { return 0 }
        // A cycle has no depth: the name in progress counts as a root.
        known[key] = 0
        var depth = 0
        for link in parents[Node(name: name, domain: domain)] ?? [] {
            depth = max(depth, self.depth(of: link.role, in: domain, &known, limit: limit - 1) + 1)
        }
        known[key] = depth
        return depth
    }
}

/// Texts as small numbers: equal bytes have one id.
struct TextTable: Sendable {
    private(set) var texts: [String] = []
    private var ids: [ExactText: Int32] = [:]

    func id(of text: String) -> Int32? { ids[ExactText(text: text)] }

    mutating func insert(_ text: String) -> Int32 {
        let key = ExactText(text: text)
        if let id = ids[key] { return id }
        let id = Int32(texts.count)
        texts.append(text)
        ids[key] = id
        return id
    }

    /// Approximate memory: each text once, and its entries in the list and the table.
    var bytes: Int { texts.reduce(0) { $0 + 96 + ($1.utf8.count > 15 ? 32 + $1.utf8.count : 0) } }

    subscript(id: Int32) -> String { texts[Int(id)] }
}
