internal import NIOHTTP1
public import TenonDomain
public import TenonKit

/// One call of the REST API.
public struct APIRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    let method: Method
    /// Below `/api/v1`, percent-encoded.
    let path: String
    var query: [(name: String, value: String)] = []
    var fields: [(name: String, value: String)] = []
    var body: [UInt8]?

    /// The parts of the path are encoded, so that a key or a name cannot change the path.
    public init(_ method: Method, _ parts: String...) {
        self.method = method
        path = parts.map { "/" + Self.encode($0) }.joined()
    }

    /// The request with a query parameter; unchanged if the value is nil.
    public func parameter(_ name: String, _ value: String?) -> APIRequest {
        guard let value else { return self }
        var request = self
        request.query.append((name, value))
        return request
    }

    /// The request with the parameter if the flag is set.
    public func parameter(_ name: String, if flag: Bool) -> APIRequest {
        parameter(name, flag ? "true" : nil)
    }

    /// The request with a header field; unchanged if the value is nil.
    public func field(_ name: String, _ value: String?) -> APIRequest {
        guard let value else { return self }
        var request = self
        request.fields.append((name, value))
        return request
    }

    /// The request with a JSON body.
    public func body(_ value: JSONValue) -> APIRequest {
        body(value.encoded(), type: "application/json")
    }

    /// The request with a body of that media type.
    public func body(_ bytes: [UInt8], type: String) -> APIRequest {
        var request = field("Content-Type", type)
        request.body = bytes
        return request
    }

    /// Path and query below the server's address.
    var target: String {
        let parameters = query.map { "\($0.name)=\(Self.encode($0.value))" }
        return "/api/v1\(path)" + (parameters.isEmpty ? "" : "?" + parameters.joined(separator: "&"))
    }

    /// Encodes everything except the unreserved characters of RFC 3986 §2.3, as UTF-8. Servers could still read an
    /// encoded dot-segment as one (§6.2.2.3), but no key and no name begins with a dot.
    private static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                encoded += hex.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return encoded
    }
}

/// A successful response, with its body.
public struct APIAnswer: Sendable {
    public let status: Int
    /// The body as received.
    public let body: [UInt8]

    /// Deep and large enough for a page of the largest values.
    static let limits = JSONLimits(depth: 128, values: 10_000_000)

    /// The body as JSON. Fails with `unexpectedAnswer`.
    public func json() throws(Failure) -> JSONValue {
        do throws(JSONError) {
            return try JSONParser.parse(body, limits: Self.limits)
        } catch {
            throw Failure(.unexpectedAnswer, "The server's response is not JSON.")
        }
    }
}
