internal import TenonDomain

/// All endpoints of a service. Routes, 405 answers, access checks and OpenAPI follow from it.
public struct EndpointCatalog: Sendable {
    /// One endpoint with its types put away.
    struct Entry: Sendable {
        let operation: Operation
        let requestSchema: RequestSchema?
        let replyName: String
        let replySchema: JSONValue
        let replyExample: JSONValue
        /// Decodes, handles and encodes. The body is nil where the operation has none.
        let run: @Sendable (Caller, [String: String], QueryReader, JSONValue?) async throws(Failure) -> EncodedAnswer
    }

    struct RequestSchema: Sendable {
        let name: String
        let properties: [FieldReader.Property]
    }

    private(set) var entries: [Entry] = []
    private(set) var router = PathRouter<Entry>()

    init() {}

    /// Every operation, in the order of registration.
    var operations: [Operation] { entries.map(\.operation) }

    /// Traps when the id or the path stands there already.
    mutating func add<E: Endpoint>(_ endpoint: E) {
        let operation = E.operation
        precondition(!entries.contains { $0.operation.id == operation.id }, "\(operation.id) is declared twice")
        let hasBody = E.Body.self != NoBody.self
        var example = JSONWriter()
        FieldWriter.encode(E.Reply.example, into: &example)
        let entry = Entry(
            operation: operation,
            requestSchema: hasBody
                ? RequestSchema(name: "\(E.Body.owner)Body", properties: FieldReader.record(E.Body.self)) : nil,
            replyName: typeName(E.Reply.self), replySchema: E.Reply.schema,
            replyExample: (try? JSONParser.parse(example.bytes)) ?? .null
        ) { caller, captures, query, json throws(Failure) in
            let body =
                try hasBody
                ? FieldReader.decode(json ?? .null, as: E.Body.self) : FieldReader.decode(.object(JSONObject()))
            let answer = try await endpoint.handle(
                EndpointRequest(body: body, caller: caller, query: query, captures: captures))
            var writer = JSONWriter(capacity: 1024)
            FieldWriter.encode(answer.reply, into: &writer)
            return EncodedAnswer(answer, bytes: writer.bytes, success: operation.success)
        }
        entries.append(entry)
        for prefix in operation.mount.prefixes {
            router.add(entry, operation.method, prefix + operation.path)
        }
    }
}

/// An answer as bytes.
struct EncodedAnswer: Sendable {
    let status: AnswerStatus
    let bytes: [UInt8]
    let entityTag: EntityTag?
    let location: String?
    let isPrivate: Bool

    init<Reply>(_ answer: Answer<Reply>, bytes: [UInt8], success: AnswerStatus) {
        status = answer.status ?? success
        self.bytes = bytes
        entityTag = answer.entityTag
        location = answer.location
        isPrivate = answer.isPrivate
    }
}

extension RequestBody {
    /// The endpoint that the body is declared in: `CreateConfigEndpoint.Body` belongs to `CreateConfig`.
    fileprivate static var owner: String {
        let path = String(reflecting: Self.self).split(separator: ".")
        return path.dropLast().last.map { $0.hasSuffix("Endpoint") ? String($0.dropLast(8)) : String($0) } ?? "Request"
    }
}

/// `PageReply<ConfigReply>` is `ConfigReplyPage`, `ConfigReply` is `ConfigReply`.
private func typeName<T>(_: T.Type) -> String {
    let name = String(describing: T.self)
    guard name.hasPrefix("PageReply<") else { return name }
    return name.dropFirst("PageReply<".count).dropLast() + "Page"
}
