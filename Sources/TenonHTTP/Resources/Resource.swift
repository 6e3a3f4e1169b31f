internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// A kind of resource: the path of its collection and the parameter that names an item. Its plain verbs are endpoints.
struct Resource<Item: Presented, ID: PathValue>: Sendable {
    typealias Entry = EndpointCatalog.Entry

    /// The path of the collection.
    let path: Path
    let id: PathParameter<ID>
    let tag: String

    init(_ path: Path, _ id: PathParameter<ID>, tag: String) {
        self.path = path
        self.id = id
        self.tag = tag
    }

    /// `POST` on the collection: 201 with the item's address. `key` is the id of the created item; `status` replaces 201
    /// unless it is nil.
    func create<Input, Made: Presented>(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule,
        failures: [FailureCode] = [], otherAnswers: [AnswerStatus] = [], caching: Caching = .validated,
        body: BodyReading<Void, Input>, key: @escaping @Sendable (Made) -> ID,
        status: @escaping @Sendable (Made) -> AnswerStatus? = { _ in nil },
        run: @escaping @Sendable (Input, Caller) async throws(Failure) -> Made
    ) -> Entry {
        let operation = Operation(
            operation, .post, path, tag: tag, summary: summary, description: description, access: access,
            success: .created, failures: failures, otherAnswers: otherAnswers)
        return Entry(
            operation, body: body, example: (), context: { _ in },
            handle: { input, caller, _ throws(Failure) in
                let made = try await run(input, caller)
                return Answer(
                    Presentation(made), status: status(made), entityTag: made.entityTag,
                    location: "\(operation.canonicalPath)/\(key(made).segment)", caching: caching)
            })
    }

    /// The same with an `Idempotency-Key`: the use case joins the transaction that stores the response.
    func createOnce<Input, UseCase: JoinsTransaction>(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule,
        failures: [FailureCode] = [], isHeavy: Bool = false, body: BodyReading<Void, Input>,
        key: @escaping @Sendable (Item) -> ID, by useCase: UseCase,
        run: @escaping @Sendable (UseCase, Input, Caller) async throws(Failure) -> Item
    ) -> Entry {
        let operation = Operation(
            operation, .post, path, tag: tag, summary: summary, description: description, access: access,
            success: .created, failures: failures, takesIdempotencyKey: true, isHeavy: isHeavy)
        return Entry(
            operation, body: body, example: (), context: { _ in },
            handle: { input, caller, transaction throws(Failure) in
                let made = try await run(transaction.map { useCase.joining($0) } ?? useCase, input, caller)
                return Answer(
                    Presentation(made), entityTag: made.entityTag,
                    location: "\(operation.canonicalPath)/\(key(made).segment)")
            })
    }

    /// `GET` on the collection, page by page. `scope` names the owner of the list: a cursor is valid only for that list and
    /// its `filters`.
    func list(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule, _ paging: Paging,
        filters: [QueryParameter] = [],
        scope: @escaping @Sendable (Caller) throws(Failure) -> String = { caller throws(Failure) in
            try caller.requireTenant().description
        },
        run: @escaping @Sendable (PageRequest, QueryReader, Caller) async throws(Failure) -> Page<Item>
    ) -> Entry {
        let name = String(path.text.split(separator: "/").last ?? "")
        let operation = Operation(
            operation, .get, path, tag: tag, summary: summary, description: description, access: access,
            query: Paging.parameters + filters)
        return Entry(operation) { request throws(Failure) in
            let list = [name, try scope(request.caller)] + filters.map { request.query.text($0.name) ?? "" }
            let listName = list.joined(separator: "/")
            let wanted = try paging.request(request.query, of: listName)
            let page = try await run(wanted, request.query, request.caller)
            return Answer(paging.reply(page, for: wanted, of: listName) { Presentation($0) })
        }
    }

    /// `GET` on an item.
    func get(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule,
        run: @escaping @Sendable (ID, Caller) async throws(Failure) -> Item
    ) -> Entry {
        let id = id
        let operation = Operation(
            operation, .get, "\(path)/\(id)", tag: tag, summary: summary, description: description, access: access,
            failures: [id.failure])
        return Entry(operation) { request throws(Failure) in
            let item = try await run(try request.path(id), request.caller)
            return Answer(Presentation(item), entityTag: item.entityTag)
        }
    }

    /// `PATCH` on an item: a merge patch (RFC 7396). Supports `If-Match`.
    func update<Input>(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule,
        failures: [FailureCode] = [], isHeavy: Bool = false, body: BodyReading<Target<ID>, Input>,
        run: @escaping @Sendable (Input, Caller) async throws(Failure) -> Item
    ) -> Entry {
        change(
            Operation(
                operation, .patch, "\(path)/\(id)", tag: tag, summary: summary, description: description,
                access: access, failures: [id.failure] + failures + [.preconditionFailed], isHeavy: isHeavy),
            body: body, caching: .validated, run: run)
    }

    /// `POST` below an item: an action. Supports `If-Match`; the response must not be stored.
    func act<Input, Made: Presented>(
        _ operation: String, _ verb: Path, _ summary: String, _ description: String, for access: AccessRule,
        failures: [FailureCode] = [], body: BodyReading<Target<ID>, Input>,
        run: @escaping @Sendable (Input, Caller) async throws(Failure) -> Made
    ) -> Entry {
        change(
            Operation(
                operation, .post, "\(path)/\(id)/\(verb)", tag: tag, summary: summary, description: description,
                access: access, failures: [id.failure] + failures + [.preconditionFailed]),
            body: body, caching: .none, run: run)
    }

    /// `DELETE` on an item: 204. Supports `If-Match` if the item has versions.
    func delete(
        _ operation: String, _ summary: String, _ description: String, for access: AccessRule,
        query: [QueryParameter] = [], failures: [FailureCode] = [.preconditionFailed], isHeavy: Bool = false,
        run: @escaping @Sendable (Target<ID>, QueryReader, Caller) async throws(Failure) -> Void
    ) -> Entry {
        let id = id
        let operation = Operation(
            operation, .delete, "\(path)/\(id)", tag: tag, summary: summary, description: description, access: access,
            query: query, success: .noContent, failures: [id.failure] + failures, isHeavy: isHeavy)
        return Entry(operation) { request throws(Failure) in
            try await run(try request.target(id), request.query, request.caller)
            return Answer(NoReply())
        }
    }

    private func change<Input, Made: Presented>(
        _ operation: Operation, body: BodyReading<Target<ID>, Input>, caching: Caching,
        run: @escaping @Sendable (Input, Caller) async throws(Failure) -> Made
    ) -> Entry {
        let id = id
        return Entry(
            operation, body: body, example: Target(id: ID.example, condition: .none),
            context: { request throws(Failure) in try request.target(id) },
            handle: { input, caller, _ throws(Failure) in
                let changed = try await run(input, caller)
                return Answer(Presentation(changed), entityTag: changed.entityTag, caching: caching)
            })
    }
}

extension EndpointRequest {
    /// The item of the path, and the precondition on it.
    func target<ID>(_ id: PathParameter<ID>) throws(Failure) -> Target<ID> {
        Target(id: try path(id), condition: precondition)
    }
}
