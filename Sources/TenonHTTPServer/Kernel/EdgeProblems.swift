internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// Problems that only the edge can find.
extension ProblemKind {
    static let routeNotFound = ProblemKind(
        .notFound, "route_not_found", "No such address", "No resource has this address; see `/docs`.")
    static let methodNotAllowed = ProblemKind(
        .methodNotAllowed, "method_not_allowed", "Method not allowed",
        "The resource does not support this method; `Allow` lists the supported ones.")
    static let malformedRequest = ProblemKind(
        .badRequest, "malformed_request", "Malformed request",
        "The request violates HTTP, or could be parsed differently by another server.")
    static let headersTooLarge = ProblemKind(
        .requestHeaderFieldsTooLarge, "headers_too_large", "The header fields are too large",
        "The request has more header fields, or larger ones, than the server accepts.")
    static let targetTooLong = ProblemKind(
        .uriTooLong, "target_too_long", "The address is too long",
        "The request target is longer than the server accepts."
    )
    static let requestTimedOut = ProblemKind(
        .requestTimeout, "request_timed_out", "The request came too slowly",
        "The head or the body did not arrive within the server's time limit.")
    static let hostNotAllowed = ProblemKind(
        .misdirectedRequest, "host_not_allowed", "This host is not served here",
        "The `Host` field does not name a host in the operator's `ALLOWED_HOSTS`.")
    static let httpsRequired = ProblemKind(
        .forbidden, "https_required", "HTTPS is required",
        "The request was sent without encryption, so treat every secret in it as exposed. Use HTTPS.")
    static let crossOriginRefused = ProblemKind(
        .forbidden, "cross_origin_refused", "A page of another origin may not do this",
        "The browser reports that the request comes from a page whose origin is not in `CORS_ALLOWED_ORIGINS`.")
    static let bodyTooLarge = ProblemKind(
        .payloadTooLarge, "body_too_large", "The body is too large", "The body exceeds the operation's limit.")
    static let unsupportedMediaType = ProblemKind(
        .unsupportedMediaType, "unsupported_media_type", "Unsupported media type",
        "Send the body uncompressed, with one of the media types in `Accept`.")
    static let invalidIdempotencyKey = ProblemKind(
        .badRequest, "invalid_idempotency_key", "The Idempotency-Key is invalid",
        "Send 1 to 255 printable ASCII characters, with or without double quotes.")
    static let preconditionFailed = ProblemKind(
        .preconditionFailed, "precondition_failed", "The precondition failed",
        "The resource does not, or no longer, have the entity tag in `If-Match`. Read it again.")
    static let overloaded = ProblemKind(FailureCode.overloaded)

    /// Every kind of problem of the edge, in the order of the documentation.
    static let ofTheEdge: [ProblemKind] =
        [
            malformedRequest, headersTooLarge, targetTooLong, requestTimedOut, hostNotAllowed, httpsRequired,
            crossOriginRefused, routeNotFound, methodNotAllowed, unsupportedMediaType, bodyTooLarge,
            invalidIdempotencyKey, preconditionFailed, overloaded,
        ] + JSONError.Code.allCases.map { ProblemKind($0) }

    /// Why a body is not acceptable JSON.
    init(_ code: JSONError.Code) {
        let explanation =
            switch code {
            case .invalidJSON: "The body is not JSON (RFC 8259); `errors` has the position."
            case .invalidUTF8: "The body is not UTF-8."
            case .duplicateMember: "An object in the body has a duplicate member."
            case .nestingTooDeep: "Arrays and objects in the body are nested too deeply."
            case .nulInString: "A string in the body contains U+0000, which cannot be stored."
            case .numberOutOfBounds: "A number in the body has more than 38 digits or an exponent beyond 308."
            case .tooManyValues: "The body has too many values."
            }
        self.init(.badRequest, code.rawValue, "The body is invalid", explanation)
    }
}

extension Problem {
    static func routeNotFound() -> Problem {
        Problem(.routeNotFound, "No resource has this address.")
    }

    static func methodNotAllowed(_ methods: [String]) -> Problem {
        let list = methods.joined(separator: ", ")
        return Problem(.methodNotAllowed, "This resource supports \(list).", headers: ["Allow": list])
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
        Problem(.targetTooLong, "The request target must be at most \(limit) bytes.")
    }

    static func bodyTooLarge(limit: Int) -> Problem {
        Problem(.bodyTooLarge, "The body must be at most \(limit) bytes.")
    }

    static func unsupportedMediaType(_ description: RequestDescription) -> Problem {
        let types = description.media.map(\.type)
        return Problem(
            .unsupportedMediaType, "Send the body uncompressed as \(types.joined(separator: " or ")).",
            headers: ["Accept": types.joined(separator: ", "), "Accept-Encoding": "identity"])
    }

    static func overloaded() -> Problem {
        Problem(.overloaded, "Too many requests at once. Try again.", headers: ["Retry-After": "1"])
    }
}
