internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// What a body must be, by its head fields and by its bytes.
enum RequestBodies {
    /// Refuses what the fields tell already.
    static func check(
        _ headers: HTTPHeaders, against description: RequestDescription, limit: Int
    ) throws(Problem) {
        guard let type = mediaType(headers), takes(type, description) else { throw .unsupportedMediaType(description) }
        // Nothing is unpacked here, so that a small body cannot become a large one.
        if let coding = headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
            throw .unsupportedMediaType(description)
        }
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            throw .bodyTooLarge(limit: limit)
        }
    }

    /// `headers` have passed the check.
    static func read(
        _ body: ByteBuffer, of operation: Operation, as description: RequestDescription?, _ headers: HTTPHeaders
    ) throws(Problem) -> RequestContent {
        switch description {
        case nil: .none
        case .object: .json(try parse(body, operation.bodyContents))
        case .text: .text(body, mediaType: mediaType(headers) ?? "")
        }
    }

    private static func parse(_ buffer: ByteBuffer, _ limits: JSONLimits) throws(Problem) -> JSONValue {
        let parsed: Result<JSONValue, JSONError> = buffer.withUnsafeReadableBytes { bytes in
            Result { () throws(JSONError) in try JSONParser.parse(bytes, limits: limits) }
        }
        switch parsed {
        case .success(let value): return value
        case .failure(let error): throw .unreadableBody(error)
        }
    }

    /// Lower case, without its parameters.
    private static func mediaType(_ headers: HTTPHeaders) -> String? {
        headers.first(name: "content-type").map { $0.prefix { $0 != ";" && $0 != " " }.lowercased() }
    }

    /// A JSON object comes as `application/json` or `application/…+json`.
    private static func takes(_ type: String, _ description: RequestDescription) -> Bool {
        switch description {
        case .object:
            type == "application/json" || (type.hasPrefix("application/") && type.hasSuffix("+json"))
        case .text(let media): media.contains { $0.type == type }
        }
    }
}
