internal import Synchronization

/// Two figures measured in turn, A B A B …, so that a machine whose speed drifts slows both.
struct Comparison {
    /// What the ratio is to be.
    enum Aim {
        case atLeast(Double)
        case atMost(Double)
    }

    enum Unit {
        case perSecond, milliseconds, microseconds

        func text(_ figure: Double) -> String {
            switch self {
            case .perSecond: figure.rate
            case .milliseconds: figure.hundredths + " ms"
            case .microseconds: figure.hundredths + " us"
            }
        }
    }

    let name: String
    let unit: Unit
    /// Nil where none is set: the ratio is told all the same.
    let aim: Aim?
    private(set) var ours: [Double] = []
    private(set) var limit: [Double] = []

    init(_ name: String, in unit: Unit = .perSecond, aim: Aim?) {
        self.name = name
        self.unit = unit
        self.aim = aim
    }

    mutating func add(ours: Double, limit: Double) {
        self.ours.append(ours)
        self.limit.append(limit)
    }

    func report() {
        let ratios = zip(ours, limit).map { $0 / $1 }.sorted()
        let ratio = ratios.median
        print(
            """
            \(name)
              ours \(unit.text(ours.median))  limit \(unit.text(limit.median))  \
            ratio \(ratio.hundredths) (\((ratios.first ?? .nan).hundredths) to \((ratios.last ?? .nan).hundredths))\
            \(verdict(ratio))
            """)
    }

    private func verdict(_ ratio: Double) -> String {
        switch aim {
        case nil: ""
        case .atLeast(let bound): "  (at least \(bound.hundredths): \(ratio >= bound ? "met" : "MISSED"))"
        case .atMost(let bound): "  (at most \(bound.hundredths): \(ratio <= bound ? "met" : "MISSED"))"
        }
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
        guard isFinite else { return "none" }
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
