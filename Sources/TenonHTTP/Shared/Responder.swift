internal import NIOCore
internal import NIOHTTP1
internal import TenonApplication
internal import TenonDomain

/// Turns a request into an answer: route, authenticate, check access, decode, run, encode. Every way to fail ends in a
/// problem. What a head alone can decide is decided before the body is read.
struct Responder: ExchangeResponder {
    /// Bytes of body that are parsed within some 100 microseconds.
    private static let smallBody = 16 << 10

    let catalog: EndpointCatalog
    let once: AnswerOnce
    let signer: any TokenSigner
    let authorizer: any Authorizer
    let digests: any KeyedDigests
    let clock: any WallClock
    let identifiers: Identifiers
    let limits: ConnectionLimits
    let policies: EdgePolicies
    let crossOrigin: CrossOrigin
    let admission: Admission
    let writer: AnswerWriter

    func decide(on head: HTTPRequestHead, over connection: ConnectionFacts) -> HeadDecision {
        let client = Forwarding.resolve(head.headers, over: connection, isTrusted: policies.isTrusted)
        var context = RequestContext(head, client, id: identifiers.next())
        do throws(Problem) {
            let target = try target(of: head, &context)
            let match = catalog.router.match(head.method.rawValue, target.path)
            if let answer = try edgeAnswer(head, target, match, context) { return .answer(answer) }
            let call = try call(head, target, match, &context)
            return .accept(accepted(call, context))
        } catch {
            return .answer(writer.answer(error, context))
        }
    }

    func refusal(_ problem: Problem, over connection: ConnectionFacts) -> WireAnswer {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        let client = ClientFacts(address: connection.peer, isSecure: connection.isSecure, host: nil)
        return writer.answer(problem, RequestContext(head, client, id: identifiers.next()))
    }

    // MARK: The head

    private func target(of head: HTTPRequestHead, _ context: inout RequestContext) throws(Problem) -> RequestTarget {
        guard head.uri.utf8.count <= limits.target else {
            throw Problem(.targetTooLong, "A request target has at most \(limits.target) bytes.")
        }
        guard let target = RequestTarget(head.uri) else {
            throw .malformedRequest("The request target is not an address.")
        }
        context.path = target.path
        if let name = SingletonFields.repeated(in: head.headers) {
            throw .malformedRequest("The field \(name) stands twice.")
        }
        if let authority = target.authority { context.client.host = String(authority) }
        guard context.client.host != nil || head.version == .http1_0 else {
            throw .malformedRequest("HTTP/1.1 asks for a Host field.")
        }
        return target
    }

    /// What is answered, or refused, whatever the operation.
    private func edgeAnswer(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ match: PathRouter<EndpointCatalog.Entry>.Match,
        _ context: RequestContext
    ) throws(Problem) -> WireAnswer? {
        let host = context.client.host.flatMap { HostField($0) }
        if let text = context.client.host, host == nil, !text.isEmpty {
            throw .malformedRequest("The Host field is no name or address.")
        }
        if case .route(let entry, _) = match, entry.operation.isEssential { return nil }
        guard policies.allows(host: host?.name ?? "") else {
            throw Problem(.hostNotAllowed, "This host is not served here.")
        }
        if policies.requiresHTTPS, !context.client.isSecure {
            return try redirect(head, target, host, context)
        }
        if head.method == .OPTIONS {
            let methods = catalog.router.methods(at: target.path)
            guard !methods.isEmpty || target.path == "*" else { throw .routeNotFound() }
            return writer.options(methods, crossOrigin.preflight(head, methods: methods), context)
        }
        if crossOrigin.isForgery(head.method, head.headers, host: host) {
            throw Problem(.crossOriginRefused, "The page that asks is of an origin that is not allowed here.")
        }
        return nil
    }

    /// A browser that only looks is led to https; a request that may have shown a secret is told so.
    private func redirect(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ host: HostField?, _ context: RequestContext
    ) throws(Problem) -> WireAnswer {
        guard head.method == .GET || head.method == .HEAD, let host, !head.headers.contains(name: "authorization"),
            !head.headers.contains(name: "x-api-key")
        else { throw Problem(.httpsRequired, "Use https.") }
        let query = target.query.isEmpty ? "" : "?\(target.query)"
        let name = host.name.contains(":") ? "[\(host.name)]" : host.name
        let port = policies.httpsPort == 443 ? "" : ":\(policies.httpsPort)"
        return writer.redirect(to: "https://\(name)\(port)\(target.path)\(query)", context)
    }

    /// An operation that is going to run, with everything that its head says.
    private struct Call: Sendable {
        let entry: EndpointCatalog.Entry
        let captures: PathCaptures
        let caller: Caller
        let query: QueryReader
        let idempotencyKey: String?
        /// Method and target as they came.
        let target: String
    }

    private func call(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ match: PathRouter<EndpointCatalog.Entry>.Match,
        _ context: inout RequestContext
    ) throws(Problem) -> Call {
        switch match {
        case .none: throw .routeNotFound()
        case .wrongMethod(let allowed): throw .methodNotAllowed(allowed)
        case .route(let entry, let captures):
            let operation = entry.operation
            context.entry = entry
            let caller = try Problem.wrapping { () throws(Failure) in
                try authenticate(head.headers, for: operation.access, from: context.origin)
            }
            context.tenant = caller.tenant
            let query = try Problem.wrapping { () throws(Failure) in
                try QueryReader(target.query, known: operation.query)
            }
            if entry.requestSchema != nil { try RequestBodies.check(head.headers, limit: operation.bodyLimit) }
            return Call(
                entry: entry, captures: captures, caller: caller, query: query,
                idempotencyKey: operation.takesIdempotencyKey ? try idempotencyKey(head.headers) : nil,
                target: "\(head.method.rawValue) \(head.uri)")
        }
    }

    private func idempotencyKey(_ headers: HTTPHeaders) throws(Problem) -> String? {
        guard let field = headers.first(name: "idempotency-key") else { return nil }
        guard let key = IdempotencyKey.parse(field) else {
            throw Problem(.invalidIdempotencyKey, "An Idempotency-Key has 1 to 255 printable ASCII characters.")
        }
        return key
    }

    /// Who calls, past the operation's access rule.
    private func authenticate(
        _ headers: HTTPHeaders, for access: AccessRule, from origin: Origin
    ) throws(Failure) -> Caller {
        guard access != .open else { return Caller(.anonymous, from: origin) }
        guard let field = headers.first(name: "authorization") else {
            throw Failure(.notAuthenticated, "Send an access token: Authorization: Bearer …")
        }
        let scheme = field.prefix { $0 != " " }
        guard scheme.lowercased() == "bearer" else {
            throw Failure(.notAuthenticated, "Send an access token: Authorization: Bearer …")
        }
        let token = field[scheme.endIndex...].drop { $0 == " " }
        let claims = try signer.verify(String(token), at: clock.now())
        let caller = Caller(Principal(claims), from: origin)
        if case .permission(let permission) = access, !authorizer.allows(permission, for: caller.principal) {
            throw Failure(.permissionDenied, "This needs the permission \(permission.name).")
        }
        return caller
    }

    // MARK: The work

    private func accepted(_ call: Call, _ context: RequestContext) -> AcceptedRequest {
        AcceptedRequest(
            bodyLimit: call.entry.requestSchema == nil ? 0 : call.entry.operation.bodyLimit,
            start: { body, executor, deliver in start(call, body, context, executor, deliver) },
            refuse: { problem in writer.answer(problem, context) })
    }

    private func start(
        _ call: Call, _ body: ByteBuffer, _ context: RequestContext, _ executor: EventLoopExecutor?,
        _ deliver: @escaping @Sendable (WireAnswer) -> Void
    ) -> RequestInProgress {
        let work = RequestInProgress()
        // The connection's own event loop saves two changes of thread. What takes long goes elsewhere.
        let executor = body.readableBytes <= Self.smallBody ? executor : nil
        if call.entry.operation.isEssential {
            work.run(on: executor) { deliver(await answer(call, body, context)) }
            return work
        }
        let tenant = context.tenant
        admission.enter(tenant) {
            guard !work.isCancelled else { return admission.leave(tenant) }
            work.run(on: executor) {
                let answer = await answer(call, body, context)
                admission.leave(tenant)
                deliver(answer)
            }
        } turnAway: {
            deliver(writer.answer(.overloaded(), context))
        }
        return work
    }

    private func answer(_ call: Call, _ body: ByteBuffer, _ context: RequestContext) async -> WireAnswer {
        do throws(Problem) {
            let json = call.entry.requestSchema == nil ? nil : try RequestBodies.parse(body)
            let answer = try await Problem.awaiting { () async throws(Failure) in
                try await perform(call, json, body)
            }
            return try writer.answer(answer, context)
        } catch {
            return writer.answer(error, context)
        }
    }

    private func perform(_ call: Call, _ json: JSONValue?, _ body: ByteBuffer) async throws(Failure) -> EncodedAnswer {
        guard let key = call.idempotencyKey else {
            return try await call.entry.run(call.caller, call.captures, call.query, json)
        }
        let claim = try IdempotencyClaim(
            key: key, operation: call.entry.operation.id,
            content: Array("\(call.target)\n".utf8) + body.readableBytesView,
            of: call.caller, by: digests)
        let (reply, isRepeat) = try await once.execute(claim, as: call.caller) { caller throws(Failure) in
            try await call.entry.run(caller, call.captures, call.query, json).kept
        }
        guard var answer = EncodedAnswer(kept: reply) else { throw .bug("A kept answer does not decode") }
        answer.isRepeat = isRepeat
        return answer
    }
}
