/// Who refers to whom among entries.
public struct ReferenceGraph: Sendable, Equatable {
    /// References that may be reached from what one revision changes.
    public static let maxEdges = 10_000

    /// References that lead to one another when a value is resolved.
    public static let maxDepth = 16

    /// There are more.
    public static var tooLarge: Failure {
        .invalid("too_many_references", "More than \(maxEdges) references can be reached from here.", at: "/value")
    }

    /// From an entry to those that it refers to.
    public var edges: [ConfigAddress: Set<ConfigAddress>]
    /// Entries that are there.
    public var present: Set<ConfigAddress>

    public init(edges: [ConfigAddress: Set<ConfigAddress>] = [:], present: Set<ConfigAddress> = []) {
        self.edges = edges
        self.present = present
    }

    /// A way that leads from one of the starts back to where it came by, first and last the same; nil where there is
    /// none. Takes time in proportion to the edges.
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

    /// How many references the longest way from an entry has, in a graph without circles. Takes time in proportion to
    /// the edges.
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

    /// In an order of their own, so that the same graph names the same cycle.
    private func targets(of address: ConfigAddress) -> [ConfigAddress] {
        (edges[address] ?? []).sorted { $0.text > $1.text }
    }
}
