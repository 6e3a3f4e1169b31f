internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// What only the edge can find wrong.
extension ProblemKind {
    static let routeNotFound = ProblemKind(
        .notFound, "route_not_found", "No such address", "There is no resource at this address; see `/docs`.")
    static let methodNotAllowed = ProblemKind(
        .methodNotAllowed, "method_not_allowed", "Method not allowed",
        "The resource does not understand this method; `Allow` lists those that it does.")
    static let malformedRequest = ProblemKind(
        .badRequest, "malformed_request", "Malformed request",
        "The bytes are not one HTTP request that every server on the way would read in the same way.")
    static let headersTooLarge = ProblemKind(
        .requestHeaderFieldsTooLarge, "headers_too_large", "The header fields are too large",
        "The request has more header fields, or larger ones, than the server takes.")
    static let targetTooLong = ProblemKind(
        .uriTooLong, "target_too_long", "The address is too long", "The request target is longer than the server takes."
    )
    static let requestTimedOut = ProblemKind(
        .requestTimeout, "request_timed_out", "The request came too slowly",
        "The head or the body did not arrive within the server's time limit.")
    static let hostNotAllowed = ProblemKind(
        .misdirectedRequest, "host_not_allowed", "This host is not served here",
        "The `Host` field names none of the hosts that the operator lists in `ALLOWED_HOSTS`.")
    static let httpsRequired = ProblemKind(
        .forbidden, "https_required", "HTTPS is required",
        "The request came in plain, so whatever secret it carried must be taken as known to others. Use https.")
    static let crossOriginRefused = ProblemKind(
        .forbidden, "cross_origin_refused", "A page of another origin may not do this",
        "The browser says that the request comes from a page whose origin `CORS_ALLOWED_ORIGINS` does not list.")
    static let bodyTooLarge = ProblemKind(
        .payloadTooLarge, "body_too_large", "The body is too large", "The operation takes fewer bytes of body.")
    static let unsupportedMediaType = ProblemKind(
        .unsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body as one of the media types that `Accept` lists, not compressed.")
    static let invalidIdempotencyKey = ProblemKind(
        .badRequest, "invalid_idempotency_key", "The Idempotency-Key is not usable",
        "It has 1 to 255 printable ASCII characters, in double quotes or without.")
    static let preconditionFailed = ProblemKind(
        .preconditionFailed, "precondition_failed", "The precondition does not hold",
        "The resource is not, or not any longer, the one whose entity tag `If-Match` names. Read it again.")
    static let overloaded = ProblemKind(FailureCode.overloaded)

    /// Every kind of the edge, in the order of documentation.
    static let ofTheEdge: [ProblemKind] =
        [
            malformedRequest, headersTooLarge, targetTooLong, requestTimedOut, hostNotAllowed, httpsRequired,
            crossOriginRefused, routeNotFound, methodNotAllowed, unsupportedMediaType, bodyTooLarge,
            invalidIdempotencyKey, preconditionFailed, overloaded,
        ] + JSONError.Code.allCases.map { ProblemKind($0) }

    /// Why a body is not JSON that is taken.
    init(_ code: JSONError.Code) {
        let explanation =
            switch code {
            case .invalidJSON: "The body is not JSON (RFC 8259); `errors` says where."
            case .invalidUTF8: "The body is not UTF-8."
            case .duplicateMember: "An object of the body names a member twice, so nobody knows which one counts."
            case .nestingTooDeep: "Arrays and objects of the body stand deeper in one another than is taken."
            case .nulInString: "A string of the body holds U+0000, which no store keeps."
            case .numberOutOfBounds: "A number of the body has more than 38 digits or an exponent beyond 308."
            case .tooManyValues: "The body holds more values than are taken."
            }
        self.init(.badRequest, code.rawValue, "The body is not readable", explanation)
    }
}

extension Problem {
    static func routeNotFound() -> Problem {
        Problem(.routeNotFound, "There is no resource at this address.")
    }

    static func methodNotAllowed(_ methods: [String]) -> Problem {
        let list = methods.joined(separator: ", ")
        return Problem(.methodNotAllowed, "This resource understands \(list).", headers: ["Allow": list])
    }

    static func headersTooLarge() -> Problem {
        Problem(.headersTooLarge, "The header fields are too many or too large.")
    }

    static func malformedRequest(_ detail: String) -> Problem {
        Problem(.malformedRequest, detail)
    }

    static func requestTimedOut() -> Problem {
        Problem(.requestTimedOut, "The request did not arrive in time.")
    }

    static func unreadableBody(_ error: JSONError) -> Problem {
        Problem(ProblemKind(error.code), error.detail, violations: [error.violation])
    }

    static func targetTooLong(limit: Int) -> Problem {
        Problem(.targetTooLong, "A request target has at most \(limit) bytes.")
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(.bodyTooLarge, "The body has at most \(limit) bytes here.")
    }

    static func unsupportedMediaType(_ description: RequestDescription) -> Problem {
        let types = description.media.map(\.type)
        return Problem(
            .unsupportedMediaType, "Send the body as \(types.joined(separator: " or ")), not compressed.",
            headers: ["Accept": types.joined(separator: ", "), "Accept-Encoding": "identity"])
    }

    static func overloaded() -> Problem {
        Problem(.overloaded, "Too many requests at once. Try again.", headers: ["Retry-After": "1"])
    }
}
