internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// Turns a request into an answer: route, authenticate, check access, decode, run, encode. Every way to fail ends in a
/// problem. What a head alone can decide is decided before the body is read.
///
/// A class, and so is the request that it accepts: structs of so many parts would be copied part by part, each a count
/// that two cores contend for.
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
            // A refusal is answered without waiting until it is written down.
            if error.kind.status == .forbidden { Task { [work, context] in await work.noteDenial(error, context) } }
            return .answer(writer.answer(error, context))
        }
    }

    /// Asking the stores takes a turn: the tenant's where it is known, else that of callers who have not signed in.
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
            throw .malformedRequest("The request target is not an address.")
        }
        context.path = target.path
        if let name = SingletonFields.repeated(in: head.headers) {
            throw .malformedRequest("The field \(name) stands twice.")
        }
        if let peer = connection.peer, policies.isTrusted(peer), Forwarding.isAmbiguous(head.headers) {
            throw .malformedRequest("Forwarded and X-Forwarded-* both say who asks.")
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
            throw Problem(.invalidIdempotencyKey, "An Idempotency-Key has 1 to 255 printable ASCII characters.")
        }
        return key
    }

    /// Nil where nobody asks for any.
    private func credentials(
        _ head: HTTPRequestHead, _ target: RequestTarget, _ client: ClientFacts, _ access: AccessRule,
        _ context: inout RequestContext
    ) throws(Failure) -> Credentials? {
        guard access != .open else { return nil }
        return try gate.credentials(in: head.headers, &context) { SignableRequest(head, target, client) }
    }

    /// The same question, to be asked again.
    private func recheck(
        _ credentials: Credentials?, _ access: AccessRule, _ origin: Origin
    ) -> OperationCall.Recheck? {
        guard let credentials else { return nil }
        return { [gate, work] () throws(Failure) in
            work.charging(try await gate.caller(credentials, for: access, from: origin))
        }
    }
}
