internal import TenonDomain

/// All endpoints of a service. Routes, 405 answers, access checks and OpenAPI follow from it.
public struct EndpointCatalog: Sendable {
    /// One endpoint with its types put away. A class, so that handing it on costs one reference.
    final class Entry: Sendable {
        let operation: Operation
        let requestSchema: RequestSchema?
        let reply: ReplyDescription
        /// Decodes, handles and encodes. The body is nil where the operation has none.
        let run: Run

        typealias Run =
            @Sendable (Caller, PathCaptures, QueryReader, JSONValue?) async throws(Failure) -> EncodedAnswer

        init(operation: Operation, requestSchema: RequestSchema?, reply: ReplyDescription, run: @escaping Run) {
            self.operation = operation
            self.requestSchema = requestSchema
            self.reply = reply
            self.run = run
        }
    }

    struct ReplyDescription: Sendable {
        let mediaTypes: [String]
        let schemaName: String?
        let schema: JSONValue
        let example: JSONValue
    }

    struct RequestSchema: Sendable {
        let name: String
        let properties: [FieldReader.Property]
        /// Keywords of JSON Schema that stand next to the properties.
        let relations: JSONObject
        /// Of the body, for the documentation.
        let example: JSONValue
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
        let entry = Entry(
            operation: operation,
            requestSchema: hasBody ? RequestSchema(E.Body.self) : nil,
            reply: ReplyDescription(
                mediaTypes: E.Reply.mediaTypes, schemaName: E.Reply.schemaName, schema: E.Reply.schema,
                example: E.Reply.exampleJSON)
        ) { caller, captures, query, json throws(Failure) in
            let body =
                try hasBody
                ? FieldReader.decode(json ?? .null, as: E.Body.self) : FieldReader.decode(.object(JSONObject()))
            let answer = try await endpoint.handle(
                EndpointRequest(body: body, caller: caller, query: query, captures: captures))
            return EncodedAnswer(answer, success: operation.success)
        }
        entries.append(entry)
        for prefix in operation.mount.prefixes {
            router.add(entry, operation.method, prefix + operation.path)
        }
    }
}

extension EndpointCatalog.RequestSchema {
    fileprivate init<Body: RequestBody>(_: Body.Type) {
        name = "\(Body.owner)Body"
        properties = FieldReader.record(Body.self)
        relations = Body.relations
        var example = JSONObject()
        for property in properties where property.isRequired || Body.exampleMembers.contains(property.name) {
            example[property.name] = property.example
        }
        self.example = .object(example)
    }
}

extension RequestBody {
    /// The endpoint that the body is declared in: `CreateConfigEndpoint.Body` belongs to `CreateConfig`.
    fileprivate static var owner: String {
        let path = String(reflecting: Self.self).split(separator: ".")
        return path.dropLast().last.map { $0.hasSuffix("Endpoint") ? String($0.dropLast(8)) : String($0) } ?? "Request"
    }
}
