internal import NIOHTTP1
internal import TenonKit

/// The `responses` of an operation: its success response, and all of its own problems.
struct OperationResponses {
    static let notModifiedName = "NotModified"

    let json: JSONValue

    init(_ entry: EndpointCatalog.Entry, _ problems: ProblemResponses) {
        var responses = JSONObject()
        for status in [entry.operation.success] + entry.operation.otherAnswers {
            responses[String(status.rawValue)] = Self.success(entry, status)
        }
        if entry.hasEntityTag {
            responses["304"] = .component("responses", Self.notModifiedName)
        }
        for (status, reference) in problems.references(of: entry) where responses[String(status)] == nil {
            responses[String(status)] = reference
        }
        responses["default"] = .component("responses", ProblemResponses.other)
        json = .object(responses)
    }

    /// `components.responses.NotModified`
    static var notModified: JSONValue {
        var headers = ResponseHeaders.ofProblems(status: 304)
        headers["ETag"] = .header("ETag")
        return ["description": "The entity tag in If-None-Match still matches.", "headers": .object(headers)]
    }

    private static func success(_ entry: EndpointCatalog.Entry, _ status: AnswerStatus) -> JSONValue {
        var headers = ResponseHeaders.of(entry.operation)
        let isWritten = entry.operation.method == .put || entry.operation.method == .patch
        if entry.hasEntityTag || (status == .created || isWritten && status == .ok) {
            headers["ETag"] = .header("ETag")
        }
        if status == .created { headers["Location"] = .header("Location") }
        if entry.operation.takesIdempotencyKey { headers["Idempotency-Replayed"] = .header("Idempotency-Replayed") }
        var response = JSONObject()
        response["description"] = .string(status.http.reasonPhrase)
        response["headers"] = .object(headers)
        if status == .found {
            headers["Location"] = .header("Redirection")
            headers["Set-Cookie"] = .header("Set-Cookie")
            response["headers"] = .object(headers)
        }
        if status != .noContent, status != .found { response["content"] = entry.reply.content }
        return .object(response)
    }
}
