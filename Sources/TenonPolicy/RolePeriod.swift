package import TenonKit

/// From when on, and until when, somebody has a role: the first moment is in it, the last one not. Nil is no bound.
struct RolePeriod: Sendable, Hashable {
    static let always = RolePeriod(from: nil, until: nil)

    let from: Timestamp?
    let until: Timestamp?

    func contains(_ moment: Timestamp) -> Bool {
        from.map { $0 <= moment } ?? true && until.map { moment < $0 } ?? true
    }

    /// A bound as rules write it: `2026-01-01 00:00:00` of UTC, or `_`, which is none.
    enum Bound {
        case none
        case moment(Timestamp)

        init?(_ text: String) {
            if text == "_" {
                self = .none
            } else if text.utf8.count == 19, text.utf8.dropFirst(10).first == UInt8(ascii: " "),
                let moment = Timestamp(text + "Z")
            {
                self = .moment(moment)
            } else {
                return nil
            }
        }

        var moment: Timestamp? { if case .moment(let moment) = self { moment } else { nil } }
    }
}

/// Which moment a decision is about.
package enum DecisionTime: Sendable {
    case at(Timestamp)
    /// What may be allowed at some time: a role counts as had where that allows, if only for a time.
    case possible
    /// What is allowed at every time: a role that is had for a time counts only where that denies.
    case certain
}
