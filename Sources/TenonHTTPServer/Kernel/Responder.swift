internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// Turns a request into a response: route, authenticate, check access, decode, run, encode. Every failure ends in a
/// problem. Decisions that need only the head are made before the body is read.
///
/// This and the accepted request are classes: structs with so many parts would be copied part by part, each with a
/// contended reference count.
final class Responder: ExchangeResponder {
    private let catalog: EndpointCatalog
    private let gate: AccessGate
    private let identifiers: Identifiers
    private let limits: ConnectionLimits
    private let policies: EdgePolicies
    private let crossOrigin: CrossOrigin
    private let work: RequestWork

    init(
        catalog: EndpointCatalog, gate: AccessGate, identifiers: Identifiers, limits: ConnectionLimits,
        policies: EdgePolicies, work: RequestWork
    ) {
        self.catalog = catalog
        self.gate = gate
        self.identifiers = identifiers
        self.limits = limits
        self.policies = policies
        crossOrigin = work.writer.crossOrigin
        self.work = work
    }

    private var writer: AnswerWriter { work.writer }

    func decide(on head: HTTPRequestHead, over connection: ConnectionFacts) -> HeadDecision {
        let client = Forwarding.resolve(head.headers, over: connection, isTrusted: policies.isTrusted)
        var context = RequestContext(head, client, id: identifiers.next())
        do throws(Problem) {
            let target = try target(of: head, over: connection, &context)
            let match = catalog.router.match(head.method.rawValue, target.path)
            if let answer = try edgeAnswer(head, target, match, context) { return .answer(answer) }
            let call = try call(head, target, match, &context)
            if case .pending(let credentials) = call.entrance, call.entry.request != nil {
                return identify(credentials, call, context)
            }
            return .accept(AcceptedRequest(call, context, work))
        } catch {
            // A refusal is sent without waiting until it is recorded.
            if error.kind.status == .forbidden { Task { [work, context] in await work.noteDenial(error, context) } }
            return .answer(writer.answer(error, context))
        }
    }

    /// Asking the stores takes a turn: the tenant's if it is known, else that of unauthenticated callers.
    private func identify(
        _ credentials: Credentials, _ call: OperationCall, _ context: RequestContext
    ) -> HeadDecision {
        .identify { [work] executor, then in
            work.admission.enter(context.tenant) {
                Task(executorPreference: executor) {
                    let decision = await work.identify(credentials, call, context)
                    work.admission.leave(context.tenant)
                    then(decision)
                }
            } turnAway: {
                then(.answer(work.writer.answer(.overloaded(), context)))
            }
        }
    }

    func refusal(_ problem: Problem, over connection: ConnectionFacts) -> WireAnswer {
        let head = HTTPRequestHead(version: .http1_1, method: .GET, uri: "/")
        let client = ClientFacts(address: connection.peer, isSecure: connection.isSecure, host: nil)
        return writer.answer(problem, RequestContext(head, client, id: identifiers.next()))
    }

    // MARK: The head

    private func target(
        of head: HTTPRequestHead, over connection: ConnectionFacts, _ context: inout RequestContext
    ) throws(Problem) -> RequestTarget {
        guard head.uri.utf8.count <= limits.target else {
            throw .targetTooLong(limit: limits.target)
        }
        guard let target = RequestTarget(head.uri) else {
            throw .malformedRequest("The request target is invalid.")
        }
        context.path = target.path
        if let name = SingletonFields.repeated(in: head.headers) {
            throw .malformedRequest("The field \(name) must occur only once.")
        }
        if let peer = connection.peer, policies.isTrusted(peer), Forwarding.isAmbiguous(head.headers) {
            throw .malformedRequest("The request must not have both Forwarded and X-Forwarded-* fields.")
        }
        if let authority = target.authority { context.client.host = String(authority) }
        guard context.client.host != nil || head.version == .http1_0 else {
            throw .malformedRequest("HTTP/1.1 requires a Host field.")
        }
        return target
    }

    /// Responses and refusals that do not depend on the operation.
    private func edgeAnswer(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ match: PathRouter<EndpointCatalog.Entry>.Match,
        _ context: RequestContext
    ) throws(Problem) -> WireAnswer? {
        let host = context.client.host.flatMap { HostField($0) }
        if let text = context.client.host, host == nil, !text.isEmpty {
            throw .malformedRequest("The Host field must be a name or an address.")
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
            throw Problem(.crossOriginRefused, "The origin of the requesting page is not allowed.")
        }
        return nil
    }

    /// Redirects a browser navigation to HTTPS; refuses a request that may have exposed a secret.
    private func redirect(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ host: HostField?, _ context: RequestContext
    ) throws(Problem) -> WireAnswer {
        guard head.method == .GET || head.method == .HEAD, let host, !head.headers.contains(name: "authorization"),
            !head.headers.contains(name: "x-api-key")
        else { throw Problem(.httpsRequired, "Use HTTPS.") }
        let query = target.query.isEmpty ? "" : "?\(target.query)"
        let authority = host.authority(port: policies.httpsPort == 443 ? nil : policies.httpsPort)
        return writer.redirect(to: "https://\(authority)\(target.path)\(query)", context)
    }

    private func call(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ match: PathRouter<EndpointCatalog.Entry>.Match,
        _ context: inout RequestContext
    ) throws(Problem) -> OperationCall {
        switch match {
        case .none: throw .routeNotFound()
        case .wrongMethod(let allowed): throw .methodNotAllowed(allowed)
        case .route(let entry, let captures):
            let operation = entry.operation
            context.entry = entry
            context.captures = captures
            let client = context.client
            let credentials = try Problem.wrapping { () throws(Failure) in
                try self.credentials(head, target, client, operation.access, &context)
            }
            let entrance = try Problem.wrapping { () throws(Failure) in
                try gate.entrance(credentials, to: operation, &context)
            }
            let query = try Problem.wrapping { () throws(Failure) in
                try QueryReader(
                    target.query, known: operation.query, ignoresOthers: operation.ignoresOtherParameters)
            }
            if let request = entry.request {
                try RequestBodies.check(head.headers, against: request, limit: operation.bodyLimit)
            }
            return OperationCall(
                entry: entry, captures: captures, entrance: entrance, query: query, headers: head.headers,
                client: context.client,
                recheck: operation.isLongLived ? recheck(credentials, operation.access, context.origin) : nil,
                idempotencyKey: operation.takesIdempotencyKey ? try idempotencyKey(head.headers) : nil,
                target: "\(head.method.rawValue) \(head.uri)")
        }
    }

    private func idempotencyKey(_ headers: HTTPHeaders) throws(Problem) -> String? {
        guard let field = headers.first(name: "idempotency-key") else { return nil }
        guard let key = IdempotencyKey.parse(field) else {
            throw Problem(.invalidIdempotencyKey, "The Idempotency-Key must be 1 to 255 printable ASCII characters.")
        }
        return key
    }

    /// Nil if none are needed.
    private func credentials(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ client: ClientFacts, _ access: AccessRule,
        _ context: inout RequestContext
    ) throws(Failure) -> Credentials? {
        guard access != .open else { return nil }
        return try gate.credentials(in: head.headers, &context) { SignableRequest(head, target, client) }
    }

    /// The same authentication, to be repeated.
    private func recheck(
        _ credentials: Credentials?, _ access: AccessRule, _ origin: Origin
    ) -> OperationCall.Recheck? {
        guard let credentials else { return nil }
        return { [gate, work] () throws(Failure) in
            work.charging(try await gate.caller(credentials, for: access, from: origin))
        }
    }
}
