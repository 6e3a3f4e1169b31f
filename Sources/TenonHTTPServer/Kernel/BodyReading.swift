package import TenonDomain
package import TenonKit

/// How a body becomes the input of a use case. The closure runs in two ways: to decode a request, and to record which
/// members it asks for; the OpenAPI document comes from that. `Context` is what the request says outside of its body.
package struct BodyReading<Context: Sendable, Input>: Sendable {
    private let shown: Set<String>
    private let relations: JSONObject
    private let read: @Sendable (inout FieldReader, Context) -> Input

    /// `shown` are the optional members that the documentation's example has; `relations` what holds between members:
    /// keywords of JSON Schema that go next to `properties`.
    package init(
        showing shown: Set<String> = [], relations: JSONObject = JSONObject(),
        _ read: @escaping @Sendable (inout FieldReader, Context) -> Input
    ) {
        self.shown = shown
        self.relations = relations
        self.read = read
    }

    fileprivate func decode(_ content: RequestContent, in context: Context) throws(Failure) -> Input {
        guard case .json(let json) = content else { throw .bug("A JSON body was not read as one") }
        return try FieldReader.decode(json) { fields in read(&fields, context) }
    }

    /// `example` is discarded with the result of the reading.
    fileprivate func description(of operation: Operation, in example: Context) -> RequestDescription {
        let object = ObjectSchema(
            properties: FieldReader.record { fields in read(&fields, example) }, shown: shown, relations: relations)
        let name = operation.id.prefix(1).uppercased() + operation.id.dropFirst() + "Body"
        return .object(RequestDescription.ObjectDescription(object, named: name, operation.method))
    }
}

/// What a request names outside of its body: the item, and the version that it expects.
package struct Target<ID: Sendable>: Sendable {
    package let id: ID
    package let condition: Precondition

    package init(id: ID, condition: Precondition) {
        self.id = id
        self.condition = condition
    }
}

extension EndpointCatalog.Entry {
    package typealias Request = EndpointRequest<NoBody>

    /// Without a body.
    package convenience init<Reply>(
        _ operation: Operation, handle: @escaping @Sendable (Request) async throws(Failure) -> Answer<Reply>
    ) {
        self.init(operation: operation, request: nil, reply: Reply.media) { call, caller, _, _ throws(Failure) in
            let request = EndpointRequest(call, as: caller, body: NoBody(.none))
            return EncodedAnswer(try await handle(request), success: operation.success)
        }
    }

    /// With a body, whose violations are reported before a missing context; `example` is a sample context.
    /// Where the operation takes an idempotency key, the work is part of the transaction that `handle` is given.
    package convenience init<Context, Input, Reply>(
        _ operation: Operation, body: BodyReading<Context, Input>, example: Context,
        context: @escaping @Sendable (Request) throws(Failure) -> Context,
        handle: @escaping @Sendable (Input, Caller, OpenTransaction?) async throws(Failure) -> Answer<Reply>
    ) {
        self.init(
            operation: operation, request: body.description(of: operation, in: example), reply: Reply.media
        ) { call, caller, content, transaction throws(Failure) in
            let request = EndpointRequest(call, as: caller, body: NoBody(.none))
            let found = Result { () throws(Failure) in try context(request) }
            let input = try body.decode(content, in: (try? found.get()) ?? example)
            _ = try found.get()
            return EncodedAnswer(try await handle(input, caller, transaction), success: operation.success)
        }
    }
}
