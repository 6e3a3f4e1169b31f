internal import Synchronization

/// Two rates measured in turn, A B A B …, so that a machine whose speed drifts slows both.
struct Comparison {
    let name: String
    /// Nil where none is set: the ratio is told all the same.
    let target: Double?
    private(set) var ours: [Double] = []
    private(set) var limit: [Double] = []

    init(_ name: String, target: Double?) {
        self.name = name
        self.target = target
    }

    mutating func add(ours: Double, limit: Double) {
        self.ours.append(ours)
        self.limit.append(limit)
    }

    /// The median of the ratios of the rounds.
    var ratio: Double {
        zip(ours, limit).map { $0 / $1 }.median
    }

    func report() {
        let verdict = target.map { "  (at least \($0.hundredths): \(ratio >= $0 ? "met" : "MISSED"))" } ?? ""
        print(
            """
            \(name)
              ours \(ours.median.rate)  limit \(limit.median.rate)  ratio \(ratio.hundredths)\(verdict)
            """)
    }
}

extension [Double] {
    var median: Double {
        let sorted = sorted()
        return sorted.isEmpty ? .nan : sorted[sorted.count / 2]
    }

    /// The value that 99 of 100 do not exceed.
    var percentile99: Double {
        let sorted = sorted()
        return sorted.isEmpty ? .nan : sorted[Swift.min(sorted.count - 1, sorted.count * 99 / 100)]
    }
}

extension Double {
    var rate: String { "\(Int(self))/s" }
    var hundredths: String {
        let scaled = Int((self * 100).rounded())
        return "\(scaled / 100).\(scaled % 100 < 10 ? "0" : "")\(scaled % 100)"
    }
}

extension Duration {
    var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

/// How often per second the body runs in so many tasks at once, over so long a time.
func rate(tasks: Int, for duration: Duration, _ body: @escaping @Sendable (Int) async throws -> Void) async throws
    -> Double
{
    let begun = ContinuousClock.now
    let end = begun + duration
    let total = try await withThrowingTaskGroup(of: Int.self) { group in
        for task in 0..<tasks {
            group.addTask {
                var count = 0
                while ContinuousClock.now < end {
                    try await body(task &* 1_000_003 &+ count)
                    count += 1
                }
                return count
            }
        }
        return try await group.reduce(0, +)
    }
    return Double(total) / (ContinuousClock.now - begun).inSeconds
}
