import TenonDomain
import TestSupport
import Testing

@Suite struct ReferenceGraphTests {
    private let namespace: NamespaceName

    init() throws {
        namespace = try NamespaceName("n")
    }

    private func address(_ key: String) -> ConfigAddress {
        do {
            return ConfigAddress(namespace: namespace, key: try ConfigKey(key))
        } catch {
            preconditionFailure("\(key) is no key")
        }
    }

    private func graph(_ edges: [String: [String]]) -> ReferenceGraph {
        ReferenceGraph(
            edges: Dictionary(
                uniqueKeysWithValues: edges.map { from, to in (address(from), Set(to.map(address))) }))
    }

    private func cycle(_ edges: [String: [String]], from starts: [String]) -> [String]? {
        graph(edges).cycle(from: starts.map(address))?.map(\.key.text)
    }

    @Test("an entry that refers to itself is a cycle")
    func itself() {
        #expect(cycle(["a": ["a"]], from: ["a"]) == ["a", "a"])
    }

    @Test("two that refer to one another are a cycle, named from where it is entered")
    func two() {
        #expect(cycle(["a": ["b"], "b": ["a"]], from: ["a"]) == ["a", "b", "a"])
        #expect(cycle(["x": ["a"], "a": ["b"], "b": ["a"]], from: ["x"]) == ["a", "b", "a"])
    }

    @Test("many ways to the same entry are no cycle")
    func diamonds() {
        #expect(cycle(["a": ["b", "c"], "b": ["d"], "c": ["d"], "d": ["e"]], from: ["a", "b", "c", "d"]) == nil)
        #expect(cycle([:], from: ["a"]) == nil)
    }

    @Test("a stack of diamonds, which has 2^200 ways, is gone through once")
    func manyWays() {
        var edges: [String: [String]] = [:]
        for level in 0..<200 {
            edges["l\(level)"] = ["a\(level)", "b\(level)"]
            edges["a\(level)"] = ["l\(level + 1)"]
            edges["b\(level)"] = ["l\(level + 1)"]
        }
        #expect(cycle(edges, from: ["l0"]) == nil)
    }

    @Test("a chain of 100,000 needs no stack, and its end that leads back to its beginning is found")
    func longChain() {
        let keys = (0..<100_000).map { address("k\($0)") }
        var graph = ReferenceGraph(
            edges: Dictionary(uniqueKeysWithValues: zip(keys, keys.dropFirst()).map { ($0, [$1]) }))
        #expect(graph.cycle(from: [keys[0]]) == nil)
        graph.edges[keys[99_999]] = [keys[0]]
        #expect(graph.cycle(from: [keys[5]])?.count == 100_001)
    }

    @Test("of random graphs the named cycle is one, and where none is named none is there")
    func property() {
        var random = SplitMix64(seed: 7)
        for _ in 0..<2000 {
            let count = Int.random(in: 1...9, using: &random)
            var edges: [String: [String]] = [:]
            for _ in 0..<Int.random(in: 0...(2 * count), using: &random) {
                let (from, to) = (Int.random(in: 0..<count, using: &random), Int.random(in: 0..<count, using: &random))
                edges["k\(from)", default: []].append("k\(to)")
            }
            let starts = (0..<count).filter { _ in Bool.random(using: &random) }.map { "k\($0)" }
            if let cycle = cycle(edges, from: starts) {
                #expect(cycle.count >= 2 && cycle.first == cycle.last)
                #expect(Set(cycle).count == cycle.count - 1, "\(cycle) comes by somewhere twice")
                for (from, to) in zip(cycle, cycle.dropFirst()) {
                    #expect(edges[from]?.contains(to) == true, "\(from) does not refer to \(to)")
                }
                #expect(reachable(from: starts, edges).contains(cycle[0]))
            } else {
                for key in reachable(from: starts, edges) {
                    #expect(!reachable(from: edges[key] ?? [], edges).contains(key), "\(key) is on a cycle")
                }
            }
        }
    }

    /// By repetition, the starts included.
    private func reachable(from starts: [String], _ edges: [String: [String]]) -> Set<String> {
        var reached = Set(starts)
        while true {
            let more = reached.union(reached.flatMap { edges[$0] ?? [] })
            if more == reached { return reached }
            reached = more
        }
    }
}
