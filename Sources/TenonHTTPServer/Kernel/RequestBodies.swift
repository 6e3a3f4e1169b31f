internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// Checks a body by its header fields and its bytes.
enum RequestBodies {
    /// Refuses bodies that the fields already rule out. Over HTTP/2 the fields need not tell whether there is a body.
    static func check(
        _ headers: HTTPHeaders, against description: RequestDescription, limit: Int
    ) throws(Problem) {
        if let type = mediaType(headers) {
            guard takes(type, description) else { throw .unsupportedMediaType(description) }
        } else {
            let announces =
                headers.contains(name: "transfer-encoding") || headers.first(name: "content-length") ?? "0" != "0"
            guard !description.isRequired, !announces else { throw .unsupportedMediaType(description) }
        }
        // Nothing is decompressed here, so that a small body cannot become a large one.
        if let coding = headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
            throw .unsupportedMediaType(description)
        }
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            throw .bodyTooLarge(limit: limit)
        }
    }

    /// `headers` have passed the check.
    static func read(
        _ body: ByteBuffer, of operation: Operation, as description: RequestDescription?, _ headers: HTTPHeaders,
        charging budget: RequestBudget
    ) throws(Problem) -> RequestContent {
        switch description {
        case nil: return .none
        case .text: return .text(body, mediaType: mediaType(headers) ?? "")
        case .object(let object):
            if mediaType(headers) == nil {
                guard body.readableBytes == 0 else { throw .unsupportedMediaType(.object(object)) }
                return .json(.object(JSONObject()))
            }
            return .json(try parse(body, operation.bodyContents, charging: budget))
        }
    }

    private static func parse(
        _ buffer: ByteBuffer, _ limits: JSONLimits, charging budget: RequestBudget
    ) throws(Problem) -> JSONValue {
        let parsed = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(Failure) in
                try budget.charge { budget throws(KitError) in
                    try JSONParser.parse(bytes, limits: limits, charging: budget)
                }
            }
        }
        switch parsed {
        case .success(.success(let value)): return value
        case .success(.failure(let error)): throw .unreadableBody(error)
        case .failure(let failure): throw Problem(failure)
        }
    }

    /// Lower case, without its parameters.
    private static func mediaType(_ headers: HTTPHeaders) -> String? {
        headers.first(name: "content-type").map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
    }

    /// A JSON object is sent as `application/json` or `application/…+json`.
    private static func takes(_ type: String, _ description: RequestDescription) -> Bool {
        switch description {
        case .object:
            type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        case .text(let media): media.contains { $0.type == type }
        }
    }
}
