/// Counts the steps of one piece of work, such as a decision or a match, up to a limit, and charges them to the
/// request's budget as the work proceeds. For steps so small that charging each would cost more than the step.
package struct StepMeter {
    /// Steps that may be done before they are charged.
    private static let portion = 4096

    private let request: WorkBudget
    package private(set) var left: Int
    private var uncharged = 0
    /// Once exhausted, all further steps are refused.
    package private(set) var isExhausted = false
    /// Why the request cannot continue; nil also if only the work's own limit was reached.
    private var failure: KitError?

    package init(_ most: Int, of request: WorkBudget = .unlimited) {
        left = most
        self.request = request
    }

    /// False, from then on, if there are not enough steps left.
    package mutating func spend(_ steps: Int) -> Bool {
        guard !isExhausted, steps <= left else {
            isExhausted = true
            return false
        }
        left -= steps
        uncharged += steps
        return uncharged < Self.portion || charge()
    }

    /// Exhausts it.
    package mutating func exhaust() {
        isExhausted = true
    }

    /// Charges the steps that are not charged yet. Fails as `WorkBudget.spend` does, also if that stopped the work earlier.
    package mutating func settle() throws(KitError) {
        if let failure { throw failure }
        _ = charge()
        if let failure { throw failure }
    }

    private mutating func charge() -> Bool {
        do throws(KitError) {
            try request.spend(uncharged)
            uncharged = 0
            return true
        } catch {
            failure = error
            isExhausted = true
            return false
        }
    }
}

extension JSONValue {
    /// The steps of comparing the value with another.
    package var size: Int {
        switch self {
        case .null, .bool, .number: 1
        case .string(let text): 1 + text.utf8.count / 64
        case .array(let elements): elements.reduce(1) { $0 + $1.size }
        case .object(let members): members.reduce(1) { $0 + 1 + $1.name.utf8.count / 64 + $1.value.size }
        }
    }
}
