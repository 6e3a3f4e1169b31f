internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// The problems of all operations as `components` of OpenAPI: one response for each set of kinds that operations share, and
/// one example for each kind.
struct ProblemResponses {
    /// The name of the response that is any other problem.
    static let other = "Problem"

    private struct Kinds: Hashable {
        let status: UInt
        /// Sorted.
        let codes: [String]
    }

    private var names: [Kinds: String] = [:]
    /// `components.responses`
    private(set) var responses = JSONObject()
    /// `components.examples`
    private(set) var examples = JSONObject()

    init(_ entries: [EndpointCatalog.Entry]) {
        var kinds: [String: ProblemKind] = [:]
        var sets: [Kinds: Int] = [:]
        for entry in entries {
            for (status, group) in Self.problems(of: entry) {
                for kind in group { kinds[kind.code] = kind }
                sets[Self.set(group, status), default: 0] += 1
            }
        }
        for (code, kind) in kinds.sorted(by: { $0.key < $1.key }) { examples[code] = Self.example(kind) }
        for (status, sets) in Dictionary(grouping: sets, by: { $0.key.status }).sorted(by: { $0.key < $1.key }) {
            let byUse = sets.sorted { one, other in
                one.value != other.value
                    ? one.value > other.value : one.key.codes.lexicographicallyPrecedes(other.key.codes)
            }
            let usual = byUse.first { $0.key.codes.count > 1 }?.key.codes ?? []
            for (set, _) in byUse {
                let name = Self.name(of: set.codes, status: status, usual: usual)
                names[set] = name
                responses[name] = Self.response(set.codes.compactMap { kinds[$0] }, status: status)
            }
        }
        responses[Self.other] = [
            "description": "Any other error; `/problems/{code}` explains it.",
            "headers": .object(ResponseHeaders.ofProblems(status: 0)),
            "content": ["application/problem+json": ["schema": .reference(to: "Problem")]],
        ]
    }

    /// The operation's own problems by status, each a reference.
    func references(of entry: EndpointCatalog.Entry) -> [(status: UInt, reference: JSONValue)] {
        Self.problems(of: entry).sorted { $0.key < $1.key }.map { status, kinds in
            (status, .component("responses", names[Self.set(kinds, status)] ?? Self.other))
        }
    }

    private static func set(_ kinds: [ProblemKind], _ status: UInt) -> Kinds {
        Kinds(status: status, codes: Set(kinds.map(\.code)).sorted())
    }

    /// `NamespaceNotFound` for one kind; `BadRequest` for the status's most usual set of several, and
    /// `BadRequestOrInvalidIdempotencyKey` for that set with one more.
    private static func name(of codes: [String], status: UInt, usual: [String]) -> String {
        let phrase = HTTPResponseStatus(statusCode: Int(status)).reasonPhrase.filter { $0 != " " && $0 != "-" }
        let isUsual = codes.count > 1 && Set(usual).isSubset(of: codes)
        let named = (isUsual ? [phrase] : []) + codes.filter { !isUsual || !usual.contains($0) }.map(camelCase)
        return named.joined(separator: "Or")
    }

    private static func camelCase(_ code: String) -> String {
        code.split(separator: "_").map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
    }

    private static func example(_ kind: ProblemKind) -> JSONValue {
        [
            "summary": .string(kind.title),
            "value": [
                "type": .string(kind.type), "title": .string(kind.title),
                "status": .number(JSONNumber(Int64(kind.status.code))),
                "detail": .string(kind.explanation), "instance": "/api/v1/…", "code": .string(kind.code),
                "request_id": "req_06cx7kx2f0fa4v4f2wnkqf6wzr",
            ],
        ]
    }

    private static func response(_ kinds: [ProblemKind], status: UInt) -> JSONValue {
        var examples = JSONObject()
        // Kinds that differ only by their code share a title.
        var titles: [String] = []
        for kind in kinds {
            examples[kind.code] = .component("examples", kind.code)
            if !titles.contains(kind.title) { titles.append(kind.title) }
        }
        return [
            "description": .string(titles.map { $0 + "." }.joined(separator: " ")),
            "headers": .object(ResponseHeaders.ofProblems(status: status)),
            "content": [
                "application/problem+json": ["schema": .reference(to: "Problem"), "examples": .object(examples)]
            ],
        ]
    }

    /// By status, including those that follow from the operation's kind.
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
        // Undeclared query parameters are always refused.
        kinds += [ProblemKind(.validationFailed), ProblemKind(.tooMuchWork)]
        if operation.takesIdempotencyKey { kinds.append(.invalidIdempotencyKey) }
        kinds += operation.idempotencyFailures.map { ProblemKind($0) }
        if !operation.isEssential { kinds += [.overloaded, ProblemKind(.memoryExhausted)] }
        kinds.append(ProblemKind(.internalError))
        return Dictionary(grouping: kinds) { $0.status.code }
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
                "description": "For `rate_limited`: the exhausted limits, with their names in `RateLimit-Policy`.",
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
