package import TenonKit

/// The period of a role: includes the first moment and excludes the last. Nil means no limit.
struct RolePeriod: Sendable, Hashable {
    static let always = RolePeriod(from: nil, until: nil)

    let from: Timestamp?
    let until: Timestamp?

    func contains(_ moment: Timestamp) -> Bool {
        from.map { $0 <= moment } ?? true && until.map { moment < $0 } ?? true
    }

    /// A limit as rules write it: `2026-01-01 00:00:00` in UTC, or `_` for none.
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

/// The time of a decision.
package enum DecisionTime: Sendable {
    case at(Timestamp)
    /// Any time: a role of a limited period counts if the rule allows.
    case possible
    /// Every time: a role of a limited period counts only if the rule denies.
    case certain
}
