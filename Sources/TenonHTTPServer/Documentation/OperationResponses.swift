internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The `responses` of an operation: what it answers when it did its work, and every problem that is its own.
struct OperationResponses {
    let json: JSONValue

    init(_ entry: EndpointCatalog.Entry) {
        var responses = JSONObject()
        for status in [entry.operation.success] + entry.operation.otherAnswers {
            responses[String(status.rawValue)] = Self.success(entry, status)
        }
        if entry.hasEntityTag {
            var headers = ResponseHeaders.of(entry.operation)
            headers["ETag"] = .header("ETag")
            responses["304"] = [
                "description": "The entity tag of If-None-Match still holds.", "headers": .object(headers),
            ]
        }
        for (status, kinds) in Self.problems(of: entry).sorted(by: { $0.key < $1.key })
        where responses[String(status)] == nil {
            responses[String(status)] = Self.problem(kinds, status: status, of: entry.operation)
        }
        responses["default"] = [
            "description": "Any other error; `/problems/{code}` tells what it means.",
            "headers": .object(ResponseHeaders.of(entry.operation)),
            "content": ["application/problem+json": ["schema": .reference(to: "Problem")]],
        ]
        json = .object(responses)
    }

    private static func success(_ entry: EndpointCatalog.Entry, _ status: AnswerStatus) -> JSONValue {
        var headers = ResponseHeaders.of(entry.operation)
        let isWritten = entry.operation.method == .put || entry.operation.method == .patch
        if entry.hasEntityTag || (status == .created || isWritten && status == .ok) {
            headers["ETag"] = .header("ETag")
        }
        if status == .created { headers["Location"] = .header("Location") }
        if entry.operation.takesIdempotencyKey { headers["Idempotency-Replayed"] = .header("Idempotency-Replayed") }
        var response = JSONObject()
        response["description"] = .string(status.http.reasonPhrase)
        response["headers"] = .object(headers)
        if status == .found {
            headers["Location"] = .header("Redirection")
            headers["Set-Cookie"] = .header("Set-Cookie")
            response["headers"] = .object(headers)
        }
        if status != .noContent, status != .found { response["content"] = entry.reply.content }
        return .object(response)
    }

    private static func problem(_ kinds: [ProblemKind], status: UInt, of operation: Operation) -> JSONValue {
        var examples = JSONObject()
        for kind in kinds {
            examples[kind.code] = [
                "summary": .string(kind.title),
                "value": [
                    "type": .string(kind.type), "title": .string(kind.title),
                    "status": .number(JSONNumber(Int64(kind.status.code))),
                    "detail": .string(kind.explanation), "instance": "/api/v1/…", "code": .string(kind.code),
                    "request_id": "req_06cx7kx2f0fa4v4f2wnkqf6wzr",
                ],
            ]
        }
        // Kinds that differ by their code alone share a title.
        var titles: [String] = []
        for kind in kinds where !titles.contains(kind.title) { titles.append(kind.title) }
        var headers = ResponseHeaders.of(operation)
        if status == 401 { headers["WWW-Authenticate"] = .header("WWW-Authenticate") }
        if status == 429 || status == 503 { headers["Retry-After"] = .header("Retry-After") }
        return [
            "description": .string(titles.map { $0 + "." }.joined(separator: " ")),
            "headers": .object(headers),
            "content": [
                "application/problem+json": ["schema": .reference(to: "Problem"), "examples": .object(examples)]
            ],
        ]
    }

    /// By status, those that follow from the operation's kind included.
    private static func problems(of entry: EndpointCatalog.Entry) -> [UInt: [ProblemKind]] {
        let operation = entry.operation
        var kinds: [ProblemKind] = []
        switch operation.access {
        case .open: break
        case .signedIn: kinds += [ProblemKind(.notAuthenticated)]
        case .authenticated:
            kinds += ([.notAuthenticated] + FailureCode.ofPrograms).map { ProblemKind($0) }
        case .platform:
            kinds += [ProblemKind(.notAuthenticated), ProblemKind(.permissionDenied)]
        case .permission:
            kinds += [ProblemKind(.notAuthenticated), ProblemKind(.permissionDenied)]
            kinds += FailureCode.ofPrograms.map { ProblemKind($0) }
        }
        kinds += operation.failures.map { ProblemKind($0) }
        if operation.mount == .api, !operation.isEssential { kinds.append(ProblemKind(.rateLimited)) }
        if let request = entry.request {
            kinds += [.bodyTooLarge, .unsupportedMediaType]
            if case .object = request { kinds += JSONError.Code.allCases.map { ProblemKind($0) } }
        }
        // A parameter of the query that nobody declared is refused everywhere.
        kinds += [ProblemKind(.validationFailed), ProblemKind(.tooMuchWork)]
        if operation.takesIdempotencyKey { kinds.append(.invalidIdempotencyKey) }
        kinds += operation.idempotencyFailures.map { ProblemKind($0) }
        if !operation.isEssential { kinds += [.overloaded, ProblemKind(.memoryExhausted)] }
        kinds.append(ProblemKind(.internalError))
        return Dictionary(grouping: kinds) { $0.status.code }
    }
}

/// The fields of answers that clients read.
enum ResponseHeaders {
    /// Those of every answer.
    static var always: JSONObject {
        var headers = JSONObject()
        headers["X-Request-ID"] = .header("X-Request-ID")
        return headers
    }

    /// Those of every answer of the operation, where it could be told who asks.
    static func of(_ operation: Operation) -> JSONObject {
        var headers = always
        if operation.access != .open {
            headers["RateLimit-Policy"] = .header("RateLimit-Policy")
            headers["RateLimit"] = .header("RateLimit")
        }
        return headers
    }

    /// `components.headers`.
    static let components: JSONValue = [
        "X-Request-ID": [
            "description": "Names the request in the service's log.", "required": true,
            "schema": ["type": "string", "pattern": "^[!#-\\[\\]-~]{1,128}$"],
        ],
        "ETag": [
            "description": "The entity tag, for If-None-Match, where the answer may be kept.",
            "schema": ["type": "string", "pattern": "^\"[!#-~]*\"$"],
        ],
        "Location": [
            "description": "Where the created resource is, if it has an address of its own.",
            "schema": ["type": "string", "format": "uri-reference", "pattern": "^/"],
        ],
        "Redirection": [
            "description": "Where the browser is to go.", "required": true,
            "schema": ["type": "string", "format": "uri", "pattern": "^https?://"],
        ],
        "Set-Cookie": [
            "description": "Binds what follows to this browser.", "required": true, "schema": ["type": "string"],
        ],
        "Idempotency-Replayed": [
            "description": "The answer is the one that the first request with the Idempotency-Key got.",
            "schema": ["type": "string", "const": "true"],
        ],
        "WWW-Authenticate": [
            "description": "How to authenticate (RFC 6750).", "required": true,
            "schema": ["type": "string", "pattern": "^Bearer"],
        ],
        "RateLimit-Policy": [
            "description": "The limits that the request counts against: requests `q` in `w` seconds.",
            "schema": [
                "type": "string", "pattern": "^\"[a-z_]+\";q=[0-9]+;w=[0-9]+(, \"[a-z_]+\";q=[0-9]+;w=[0-9]+)*$",
            ],
        ],
        "RateLimit": [
            "description": "What is left of each: requests `r`; more in `t` seconds.",
            "schema": [
                "type": "string", "pattern": "^\"[a-z_]+\";r=[0-9]+;t=[0-9]+(, \"[a-z_]+\";r=[0-9]+;t=[0-9]+)*$",
            ],
        ],
        "Retry-After": [
            "description": "Seconds to wait before the next try.", "required": true,
            "schema": ["type": "integer", "minimum": 1],
        ],
    ]
}

extension JSONValue {
    fileprivate static func header(_ name: String) -> JSONValue {
        ["$ref": .string("#/components/headers/\(name)")]
    }
}

enum ProblemSchema {
    /// `members` are the service's own extension members.
    static func json(_ members: JSONObject) -> JSONValue {
        let text: JSONValue = ["type": "string"]
        let code: JSONValue = ["type": "string", "pattern": "^[a-z0-9_]{1,64}$"]
        let own: JSONValue = [
                "type": [
                    "type": "string", "format": "uri-reference",
                    "pattern":
                        "^(/problems/[a-z0-9_]{1,64}|https://iana\\.org/assignments/http-problem-types#[a-z-]+)$",
                ],
                "title": text, "status": ["type": "integer", "minimum": 400, "maximum": 599], "detail": text,
                "instance": ["type": "string", "description": "The path of the request."], "code": code,
                "request_id": ["type": "string", "description": "The same as X-Request-ID."],
                "violated-policies": [
                    "type": "array", "items": text,
                    "description": "Of `rate_limited`: the limits that are used up, as `RateLimit-Policy` names them.",
                ],
                "errors": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": [
                            "pointer": ["type": "string", "description": "A JSON Pointer into the body."],
                            "parameter": ["type": "string", "description": "The name of a query parameter."],
                            "code": code, "detail": text,
                        ],
                        "required": ["code", "detail"],
                    ],
                ],
        ]
        var properties = own.objectValue ?? JSONObject()
        for (name, schema) in members { properties[name] = schema }
        return [
            "type": "object",
            "description": "An error (RFC 9457).",
            "properties": .object(properties),
            "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        ]
    }
}
