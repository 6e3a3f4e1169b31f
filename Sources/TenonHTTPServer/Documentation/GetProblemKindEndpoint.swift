internal import NIOHTTP1
internal import TenonDomain

/// `GET /problems/{code}`: where the `type` of a problem leads.
struct GetProblemKindEndpoint: Endpoint {
    static let operation = Operation(
        "getProblemKind", .get, "/problems/{code}", mount: .root, tag: "Documentation",
        summary: "What a kind of error means",
        description: """
            The address in a problem's `type`: a page for people.
            """,
        access: .open, failures: [.problemKindNotFound])

    private let kinds: ProblemKinds

    init(_ kinds: ProblemKinds) {
        self.kinds = kinds
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<PageRepresentation> {
        let entry = try request.path("code", orFail: .problemKindNotFound) { kinds.entry($0) }
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

extension FailureCode {
    static let problemKindNotFound = FailureCode(
        "problem_kind_not_found", .notFound, "No such kind of error", "The service answers no error of this code.")
}
