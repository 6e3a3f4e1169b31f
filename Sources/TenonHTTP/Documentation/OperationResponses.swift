internal import NIOHTTP1
internal import TenonDomain

/// The `responses` of an operation: what it answers when it did its work, and every problem that is its own.
struct OperationResponses {
    let json: JSONValue

    init(_ entry: EndpointCatalog.Entry) {
        var responses = JSONObject()
        for status in [entry.operation.success] + entry.operation.otherAnswers {
            responses[String(status.rawValue)] = Self.success(entry, status)
        }
        if entry.operation.method == .get, !entry.operation.isEssential {
            responses["304"] = ["description": "The entity tag of If-None-Match still holds."]
        }
        for (status, kinds) in Self.problems(of: entry).sorted(by: { $0.key < $1.key })
        where responses[String(status)] == nil {
            responses[String(status)] = Self.problem(kinds)
        }
        responses["default"] = [
            "description": "Any other error; `/problems/{code}` tells what it means.",
            "content": ["application/problem+json": ["schema": .reference(to: "Problem")]],
        ]
        json = .object(responses)
    }

    private static func success(_ entry: EndpointCatalog.Entry, _ status: AnswerStatus) -> JSONValue {
        var content = JSONObject()
        for type in entry.reply.mediaTypes {
            content[type] = [
                "schema": entry.reply.schemaName.map { .reference(to: $0) } ?? entry.reply.schema,
                "example": entry.reply.example,
            ]
        }
        return ["description": .string(status.http.reasonPhrase), "content": .object(content)]
    }

    private static func problem(_ kinds: [ProblemKind]) -> JSONValue {
        var examples = JSONObject()
        for kind in kinds {
            examples[kind.code] = [
                "summary": .string(kind.title),
                "value": [
                    "type": .string(kind.path), "title": .string(kind.title),
                    "status": .number(JSONNumber(Int64(kind.status.code))),
                    "detail": .string(kind.explanation), "instance": "/api/v1/…", "code": .string(kind.code),
                    "request_id": "req_06cx7kx2f0fa4v4f2wnkqf6wzr",
                ],
            ]
        }
        return [
            "description": .string(kinds.map(\.title).joined(separator: ". ") + "."),
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
        case .permission: kinds += [ProblemKind(.notAuthenticated), ProblemKind(.permissionDenied)]
        }
        kinds += operation.failures.map { ProblemKind($0) }
        if entry.requestSchema != nil {
            kinds += [ProblemKind(JSONError.Code.invalidJSON), .bodyTooLarge, .unsupportedMediaType]
        }
        if entry.requestSchema != nil || !operation.query.isEmpty { kinds.append(ProblemKind(.validationFailed)) }
        if operation.takesIdempotencyKey {
            kinds += [
                .invalidIdempotencyKey, ProblemKind(.idempotencyKeyInUse), ProblemKind(.idempotencyKeyReused),
            ]
        }
        if !operation.isEssential { kinds.append(.overloaded) }
        kinds.append(ProblemKind(.internalError))
        return Dictionary(grouping: kinds) { $0.status.code }
    }
}

enum ProblemSchema {
    static var json: JSONValue {
        let text: JSONValue = ["type": "string"]
        return [
            "type": "object",
            "description": "An error (RFC 9457).",
            "properties": [
                "type": ["type": "string", "format": "uri-reference"], "title": text,
                "status": ["type": "integer"], "detail": text,
                "instance": ["type": "string"], "code": text, "request_id": text,
                "errors": [
                    "type": "array",
                    "items": [
                        "type": "object",
                        "properties": ["pointer": text, "parameter": text, "code": text, "detail": text],
                        "required": ["code", "detail"],
                    ],
                ],
            ],
            "required": ["type", "title", "status", "detail", "instance", "code", "request_id"],
        ]
    }
}
