internal import TenonDomain
package import TenonKit

/// All endpoints of a service, from which routes, 405 responses, access checks and OpenAPI are derived.
public struct EndpointCatalog: Sendable {
    /// One endpoint with erased types. A class, so that passing it costs one reference.
    package final class Entry: Sendable {
        let operation: Operation
        /// Nil if the operation has no body.
        let request: RequestDescription?
        /// The success response.
        let reply: [MediaDescription]
        /// Decodes, handles and encodes, as the caller that it is given; inside the transaction, where there is one.
        let run: Run

        typealias Run =
            @Sendable (OperationCall, Caller, RequestContent, OpenTransaction?) async throws(Failure) -> EncodedAnswer

        init(operation: Operation, request: RequestDescription?, reply: [MediaDescription], run: @escaping Run) {
            self.operation = operation
            self.request = request
            self.reply = reply
            self.run = run
        }

        /// Whether a response can have an entity tag, and a request a precondition.
        var hasEntityTag: Bool {
            operation.method == .get && !operation.isEssential && reply.contains { $0.type != EventStream.mediaType }
        }
    }

    private(set) var entries: [Entry] = []
    private(set) var router = PathRouter<Entry>()

    /// Schemas of the extension members that the service's problems may have.
    let problemMembers: JSONObject

    package init(problemMembers: JSONObject = JSONObject()) {
        self.problemMembers = problemMembers
    }

    /// Every operation, in the order of registration.
    package var operations: [Operation] { entries.map(\.operation) }

    package mutating func add<E: Endpoint>(_ endpoint: E) {
        let operation = E.operation
        precondition(
            operation.takesIdempotencyKey == (endpoint is any IdempotentEndpoint),
            "\(operation.id) takes an idempotency key, but is no IdempotentEndpoint, or the other way round")
        add(
            Entry(
                operation: operation, request: E.Body.description(for: operation.method), reply: E.Reply.media
            ) { call, caller, content, transaction throws(Failure) in
                let endpoint = transaction.map { Self.join(endpoint, $0) } ?? endpoint
                let answer = try await endpoint.handle(
                    EndpointRequest(call, as: caller, body: try E.Body(content)))
                return EncodedAnswer(answer, success: operation.success)
            })
    }

    /// Traps on a duplicate id or path, and on a streaming endpoint that is not declared long-lived, accepts an
    /// idempotency key, or is essential.
    package mutating func add(_ entry: Entry) {
        let operation = entry.operation
        precondition(!entries.contains { $0.operation.id == operation.id }, "\(operation.id) is declared twice")
        precondition(
            !entry.reply.contains { $0.type == EventStream.mediaType }
                || (operation.isLongLived && !operation.takesIdempotencyKey && !operation.isEssential),
            "\(operation.id) answers a stream and is not declared so")
        entries.append(entry)
        for prefix in operation.mount.prefixes {
            router.add(entry, operation.method, prefix + operation.path.text)
        }
    }

    private static func join<E: Endpoint>(_ endpoint: E, _ transaction: OpenTransaction) -> E {
        guard let joined = (endpoint as? any IdempotentEndpoint)?.joining(transaction) as? E else {
            preconditionFailure("\(E.operation.id) is no IdempotentEndpoint")
        }
        return joined
    }
}
