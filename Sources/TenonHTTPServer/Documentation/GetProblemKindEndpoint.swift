internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// `GET /problems/{code}`: the target of a problem's `type`.
struct GetProblemKindEndpoint: Endpoint {
    static let operation = Operation(
        "getProblemKind", .get, "/problems/\(.problemCode)", mount: .root, tag: "Documentation",
        summary: "Get the meaning of an error code",
        description: """
            The page at the address in a problem's `type`.
            """,
        access: .open, failures: [.problemKindNotFound])

    private let kinds: ProblemKinds

    init(_ kinds: ProblemKinds) {
        self.kinds = kinds
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageRepresentation> {
        guard let entry = kinds.entry(try request.path(.problemCode).text) else {
            throw Failure(.problemKindNotFound, "There is no such kind of error.")
        }
        return Answer(PageRepresentation(text: Self.page(entry).text), caching: .shared(3600))
    }

    private static func page(_ entry: ProblemKinds.Entry) -> HTML {
        let kind = entry.kind
        let operations = entry.operations.isEmpty ? "any operation" : entry.operations.joined(separator: ", ")
        return """
            <!DOCTYPE html>
            <html lang="en">
            <head><meta charset="utf-8"><title>\(kind.code) – Tenon</title></head>
            <body>
            <h1>\(kind.title)</h1>
            <p>\(kind.explanation.split(separator: "`").joined())</p>
            <dl>
            <dt>Code</dt><dd>\(kind.code)</dd>
            <dt>Status</dt><dd>\(String(kind.status.code))</dd>
            <dt>Answered by</dt><dd>\(operations)</dd>
            </dl>
            </body>
            </html>

            """
    }
}

/// The `code` of a problem.
struct ProblemCode: TextMember {
    static let rule = TextRule(
        1...64, .word("a-z0-9_"), code: "invalid_code", "be a-z, 0-9 and _", example: "validation_failed")

    let text: String

    init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}

extension PathParameter<ProblemCode> {
    static var problemCode: Self {
        PathParameter(name: "code", description: "The `code` of a problem.", failure: .problemKindNotFound)
    }
}

extension FailureCode {
    static let problemKindNotFound = FailureCode(
        "problem_kind_not_found", .notFound, "No such kind of error", "The service has no error with this code.")
}
