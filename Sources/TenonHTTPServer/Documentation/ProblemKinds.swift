internal import NIOHTTP1
internal import TenonDomain

/// Every kind of problem that the operations of a catalog can answer with, and which of them do.
struct ProblemKinds: Sendable {
    struct Entry: Sendable {
        let kind: ProblemKind
        /// Ids of operations; empty for what every one of them can answer.
        var operations: [String] = []
    }

    /// What any operation can fail with.
    private static let universal: [FailureCode] =
        [
            .validationFailed, .notAuthenticated, .permissionDenied, .serviceUnavailable, .tooMuchContention,
            .outcomeUnknown, .cancelled, .tooMuchWork, .memoryExhausted,
            .tenantKeyDestroyed, .rateLimited, .tenantProvisioning, .tenantSuspended, .tenantDeleting, .internalError,
        ] + FailureCode.ofPrograms

    let entries: [Entry]

    init(_ catalog: EndpointCatalog) {
        var entries =
            ProblemKind.ofTheEdge.map { Entry(kind: $0) } + Self.universal.map { Entry(kind: ProblemKind($0)) }
        for operation in catalog.operations {
            for code in operation.failures + operation.idempotencyFailures where !Self.universal.contains(code) {
                if let index = entries.firstIndex(where: { $0.kind.code == code.slug }) {
                    entries[index].operations.append(operation.id)
                } else {
                    entries.append(Entry(kind: ProblemKind(code), operations: [operation.id]))
                }
            }
        }
        self.entries = entries.sorted { ($0.kind.status.code, $0.kind.code) < ($1.kind.status.code, $1.kind.code) }
    }

    func entry(_ code: String) -> Entry? {
        entries.first { $0.kind.code == code }
    }
}

/// `docs/errors.md`
public struct ErrorReference: Sendable {
    private let kinds: ProblemKinds

    public init(_ catalog: EndpointCatalog) {
        kinds = ProblemKinds(catalog)
    }

    public var markdown: String {
        var text = """
            # Errors

            Every error is answered as `application/problem+json` (RFC 9457). `code` is stable; `type` leads to a page of \
            the service itself with the text below, or is the name that IANA has registered. `errors` lists broken rules, each with a JSON Pointer into the body \
            or the name of a query parameter. This file is made by `tenon errors > docs/errors.md`.

            | status | code | meaning | answered by |
            | --- | --- | --- | --- |

            """
        for entry in kinds.entries {
            let operations =
                entry.operations.isEmpty ? "any" : entry.operations.map { "`\($0)`" }.joined(separator: ", ")
            text += "| \(entry.kind.status.code) | `\(entry.kind.code)` | \(entry.kind.explanation) | \(operations) |\n"
        }
        return text
    }
}
