internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The `Date` field (RFC 9110 §5.6.7), formatted once a second.
final class HTTPDate: Sendable {
    private let current = Mutex<(second: Int64, text: String)>((.min, ""))

    func text(at now: Timestamp) -> String {
        let second = now.secondsSince1970
        return current.withLock { current in
            if current.second != second { current = (second, Self.format(now)) }
            return current.text
        }
    }

    /// `Sat, 21 Nov 2026 04:05:06 GMT`, from the parts of the RFC 3339 text.
    static func format(_ moment: Timestamp) -> String {
        let weekdays = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let text = moment.description
        let days = moment.secondsSince1970 / 86_400
        let month = months[(Int(text.dropFirst(5).prefix(2)) ?? 1) - 1]
        return "\(weekdays[Int(days % 7)]), \(text.dropFirst(8).prefix(2)) \(month) \(text.prefix(4)) "
            + "\(text.dropFirst(11).prefix(8)) GMT"
    }
}
