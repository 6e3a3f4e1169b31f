internal import HTTPTypes
internal import HummingbirdCore
internal import NIOCore
internal import TenonDomain

/// Turns a request into an answer: route, authenticate, check access, decode, run, encode. Every way to fail
/// ends in a problem.
struct Responder: Sendable {
    /// What the request log tells of a request.
    struct Outcome {
        var requestID: String
        /// The operation's id; nil where no route matched.
        var operation: String?
        var tenant: TenantID?
        var cause: (any Error)?
    }

    static let bodyLimit = 1 << 20

    private let catalog: EndpointCatalog
    private let signer: any TokenSigner
    private let authorizer: any Authorizer
    private let clock: any WallClock
    private let identifiers: Identifiers

    init(
        catalog: EndpointCatalog, signer: any TokenSigner, authorizer: any Authorizer, clock: any WallClock,
        identifiers: Identifiers
    ) {
        self.catalog = catalog
        self.signer = signer
        self.authorizer = authorizer
        self.clock = clock
        self.identifiers = identifiers
    }

    func respond(to request: Request, from address: String?) async -> (Response, Outcome) {
        var outcome = Outcome(requestID: requestID(of: request.headers))
        let target = (request.head.path ?? "/")[...]
        let path = target.prefix { $0 != "?" }
        do {
            let response = try await answer(
                request, path, query: target.dropFirst(path.count + 1), from: address, &outcome)
            return (response, outcome)
        } catch {
            outcome.cause = error.cause
            return (response(for: error, at: String(path), outcome.requestID), outcome)
        }
    }

    private func answer(
        _ request: Request, _ path: Substring, query: Substring, from address: String?, _ outcome: inout Outcome
    ) async throws(Problem) -> Response {
        switch catalog.router.match(request.method.rawValue, path) {
        case .none: throw .routeNotFound()
        case .wrongMethod(let allowed): throw .methodNotAllowed(allowed: allowed)
        case .route(let entry, let captures):
            outcome.operation = entry.operation.id
            let origin = Origin(
                address: address, userAgent: request.headers[.userAgent].map { String($0.prefix(512)) },
                requestID: outcome.requestID)
            do {
                let caller = try authenticate(request.headers, for: entry.operation.access, from: origin)
                outcome.tenant = caller.tenant
                let query = try QueryReader(query, known: entry.operation.query)
                let json: JSONValue? =
                    entry.requestSchema == nil ? nil : try await RequestBodyReader.read(request, Self.bodyLimit)
                let answer = try await entry.run(caller, captures, query, json)
                return response(for: answer, to: request, outcome.requestID)
            } catch let problem as Problem {
                throw problem
            } catch let failure as Failure {
                throw Problem(failure)
            } catch {
                throw Problem(.bug("\(error)"))
            }
        }
    }

    /// Who calls, past the operation's access rule.
    private func authenticate(
        _ headers: HTTPFields, for access: AccessRule, from origin: Origin
    ) throws(Failure) -> Caller {
        guard access != .open else { return Caller(.anonymous, from: origin) }
        guard let field = headers[.authorization] else {
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

    /// The client's own id where it is harmless, else a fresh one.
    private func requestID(of headers: HTTPFields) -> String {
        if let given = headers[.requestID], (1...128).contains(given.utf8.count),
            given.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") })
        {
            return given
        }
        return (identifiers.next() as Identifier<RequestTrace>).description
    }

    private func response(for answer: EncodedAnswer, to request: Request, _ requestID: String) -> Response {
        var headers = HTTPFields()
        headers[.requestID] = requestID
        if answer.isPrivate { headers[.cacheControl] = "no-store" }
        if let location = answer.location { headers[.location] = location }
        if let tag = answer.entityTag {
            headers[.eTag] = tag.text
            if request.method == .get || request.method == .head, let field = request.headers[.ifNoneMatch],
                tag.isListed(in: field)
            {
                return Response(status: .notModified, headers: headers)
            }
        }
        headers[.contentType] = "application/json"
        headers[.contentLength] = String(answer.bytes.count)
        let isHead = request.method == .head
        return Response(
            status: answer.status.http, headers: headers,
            body: isHead ? ResponseBody() : ResponseBody(byteBuffer: ByteBuffer(bytes: answer.bytes)))
    }

    private func response(for problem: Problem, at path: String, _ requestID: String) -> Response {
        var headers = problem.headers
        headers[.requestID] = requestID
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        let body = ByteBuffer(bytes: problem.body(instance: path, requestID: requestID))
        return Response(status: problem.status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

/// Gives request ids their prefix.
enum RequestTrace: Identified {
    static let idPrefix = "req"
}

extension HTTPField.Name {
    static let requestID = HTTPField.Name("X-Request-ID")!
}

/// Reads and parses bodies.
enum RequestBodyReader {
    static func read(_ request: Request, _ limit: Int) async throws(Problem) -> JSONValue {
        if let type = request.headers[.contentType], !isJSON(type) { throw .unsupportedMediaType() }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw .bodyTooLarge(limit: limit)
        }
        var collected = ByteBuffer()
        do {
            for try await part in request.body {
                guard collected.readableBytes + part.readableBytes <= limit else {
                    throw Problem.bodyTooLarge(limit: limit)
                }
                collected.writeImmutableBuffer(part)
            }
        } catch let problem as Problem {
            throw problem
        } catch {
            throw .bodyNotReceived(error)
        }
        return try parse(collected)
    }

    private static func parse(_ buffer: ByteBuffer) throws(Problem) -> JSONValue {
        let parsed: Result<JSONValue, JSONError> = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONError) in try JSONParser.parse(bytes) }
        }
        switch parsed {
        case .success(let value): return value
        case .failure(let error): throw .unreadableBody(error)
        }
    }

    /// `application/json` or `application/…+json`, whatever the parameters.
    private static func isJSON(_ field: String) -> Bool {
        let type = field.prefix { $0 != ";" && $0 != " " }.lowercased()
        return type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
    }
}
