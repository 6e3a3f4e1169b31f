internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10): every limit of a request,
/// in Structured Fields (RFC 9651).
enum RateFields {
    static func add(_ verdict: RateVerdict, to headers: inout HTTPHeaders) {
        var policies = ""
        var rates = ""
        policies.reserveCapacity(64)
        rates.reserveCapacity(64)
        for standing in verdict.standings {
            if !policies.isEmpty {
                policies += ", "
                rates += ", "
            }
            append(standing.policy, "q", standing.limit.requests, "w", RateLimit.window / second, to: &policies)
            append(standing.policy, "r", standing.remaining, "t", standing.seconds, to: &rates)
        }
        headers.add(name: "RateLimit-Policy", value: policies)
        headers.add(name: "RateLimit", value: rates)
    }

    fileprivate static let second: Int64 = 1_000_000_000

    private static func append(
        _ policy: String, _ first: String, _ value: Int64, _ other: String, _ otherValue: Int64, to text: inout String
    ) {
        text += "\""
        text += policy
        text += "\";"
        text += first
        text += "="
        text += String(value)
        text += ";"
        text += other
        text += "="
        text += String(otherValue)
    }
}

extension RateStanding {
    /// The time until more requests are allowed, rounded up.
    fileprivate var seconds: Int64 { (wait + RateFields.second - 1) / RateFields.second }
}

extension RateVerdict {
    /// Fails with `rateLimited` if a limit is exhausted. Clients that are refused together do not all retry at the same
    /// moment.
    func require() throws(Failure) {
        guard let exceeded else { return }
        let seconds = max(1, exceeded.seconds)
        throw Failure(
            .rateLimited, "The limit \(exceeded.policy) is \(exceeded.limit.requests) requests a minute.",
            members: ["violated-policies": [.string(exceeded.policy)]],
            retryAfter: .seconds(seconds + Int64.random(in: 0...(seconds / 4 + 1))))
    }
}
