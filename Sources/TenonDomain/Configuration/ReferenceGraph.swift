/// The references among entries.
public struct ReferenceGraph: Sendable, Equatable {
    /// The maximum number of references reachable from the changes of one revision.
    public static let maxEdges = 10_000

    /// The maximum length of a chain of references when a value is resolved.
    public static let maxDepth = 16

    /// There are more.
    public static var tooLarge: Failure {
        .invalid("too_many_references", "At most \(maxEdges) references can be reachable from a change.", at: "/value")
    }

    /// From an entry to the entries it refers to.
    public var edges: [ConfigAddress: Set<ConfigAddress>]
    /// Entries that exist.
    public var present: Set<ConfigAddress>

    public init(edges: [ConfigAddress: Set<ConfigAddress>] = [:], present: Set<ConfigAddress> = []) {
        self.edges = edges
        self.present = present
    }

    /// A cycle reachable from the starts, with the same first and last entry; nil if there is none. Takes time
    /// proportional to the number of edges.
    public func cycle(from starts: some Sequence<ConfigAddress>) -> [ConfigAddress]? {
        var finished: Set<ConfigAddress> = []
        for start in starts where !finished.contains(start) {
            var path: [(at: ConfigAddress, ahead: [ConfigAddress])] = [(start, targets(of: start))]
            var onPath: Set<ConfigAddress> = [start]
            while let last = path.indices.last {
                guard let next = path[last].ahead.popLast() else {
                    onPath.remove(path[last].at)
                    finished.insert(path.removeLast().at)
                    continue
                }
                if onPath.contains(next) { return path.map(\.at).drop { $0 != next } + [next] }
                guard !finished.contains(next) else { continue }
                path.append((next, targets(of: next)))
                onPath.insert(next)
            }
        }
        return nil
    }

    /// The number of references on the longest path from an entry, in a graph without cycles. Takes time proportional
    /// to the number of edges.
    public func depth(from start: ConfigAddress) -> Int {
        var depths: [ConfigAddress: Int] = [:]
        var ahead = [start]
        while let address = ahead.last {
            let targets = edges[address] ?? []
            let open = depths[address] == nil ? targets.filter { depths[$0] == nil } : []
            ahead += open
            guard open.isEmpty else { continue }
            depths[address] = targets.reduce(0) { max($0, 1 + (depths[$1] ?? 0)) }
            ahead.removeLast()
        }
        return depths[start] ?? 0
    }

    /// In a fixed order, so that the same graph returns the same cycle.
    private func targets(of address: ConfigAddress) -> [ConfigAddress] {
        (edges[address] ?? []).sorted { $0.text > $1.text }
    }
}
