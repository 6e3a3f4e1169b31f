/// Why general-purpose code gave up. `TenonDomain` turns it into a `Failure`.
public enum KitError: Error, Sendable, Hashable {
    /// The input breaks rules.
    case invalid([Violation])
    /// The work takes more steps or memory than its budget has; the detail says how much that is.
    case tooMuchWork(String)
    /// What all work together may hold in memory is used up.
    case memoryExhausted
    /// The task is cancelled.
    case cancelled
}

extension KitError {
    /// The rules that the input breaks; empty for every other reason.
    public var violations: [Violation] {
        if case .invalid(let violations) = self { violations } else { [] }
    }

    /// One broken rule.
    static func invalid(_ code: String, _ detail: String, at pointer: String = "") -> KitError {
        .invalid([Violation(pointer: pointer, code: code, detail: detail)])
    }
}
