internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain

/// What a body must be, by its head fields and by its bytes.
enum RequestBodies {
    /// Refuses what the fields tell already.
    static func check(_ headers: HTTPHeaders, limit: Int) throws(Problem) {
        guard let type = headers.first(name: "content-type"), isJSON(type) else { throw .unsupportedMediaType() }
        // Nothing is unpacked here, so that a small body cannot become a large one.
        if let coding = headers.first(name: "content-encoding"), coding.lowercased() != "identity" {
            throw .unsupportedMediaType()
        }
        if let length = headers.first(name: "content-length").flatMap({ Int($0) }), length > limit {
            throw .bodyTooLarge(limit: limit)
        }
    }

    static func parse(_ buffer: ByteBuffer) throws(Problem) -> JSONValue {
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
