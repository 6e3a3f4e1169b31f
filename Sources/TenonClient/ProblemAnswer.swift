internal import TenonDomain
internal import TenonKit

/// Restores the failure from an error response (RFC 9457), as far as it is contained.
enum ProblemAnswer {
    /// `members` of the failure has the response's `request_id`, and the problem's other members.
    static func failure(status: Int, body: [UInt8], location: String?) -> Failure {
        if (300..<400).contains(status) {
            let target = location.map { " to \($0)" } ?? ""
            return Failure(
                .unexpectedAnswer,
                "The server redirects\(target); redirects are not followed. Use that server's address.")
        }
        guard let problem = try? JSONParser.parse(body, limits: APIAnswer.limits),
            let code = problem["code"]?.stringValue
        else {
            let code = FailureCode("http_\(status)", kind(of: status), "HTTP status \(status)", "")
            return Failure(code, "The server responded with status \(status) without an explanation.")
        }
        var members: [String: JSONValue] = [:]
        for (name, value) in problem.objectValue ?? JSONObject() where !told.contains(name) { members[name] = value }
        let title = problem["title"]?.stringValue ?? "HTTP status \(status)"
        return Failure(
            FailureCode(code, kind(of: status), title, ""), problem["detail"]?.stringValue ?? title,
            violations: (problem["errors"]?.arrayValue ?? []).map(violation), members: members)
    }

    private static let told: Set = ["type", "title", "status", "detail", "instance", "code", "errors"]

    /// The pointer of a query parameter begins with `?`.
    private static func violation(_ error: JSONValue) -> Violation {
        let pointer = error["pointer"]?.stringValue ?? error["parameter"]?.stringValue.map { "?" + $0 } ?? ""
        return Violation(
            pointer: pointer.hasPrefix("#") ? String(pointer.dropFirst()) : pointer,
            code: error["code"]?.stringValue ?? "", detail: error["detail"]?.stringValue ?? "")
    }

    private static func kind(of status: Int) -> FailureKind {
        switch status {
        case 401: .unauthenticated
        case 403: .denied
        case 404: .notFound
        case 409: .conflict
        case 412: .stale
        case 428: .unconditional
        case 429: .exhausted
        case 502, 503, 504: .unavailable
        case 400..<500: .invalid
        default: .bug
        }
    }
}
