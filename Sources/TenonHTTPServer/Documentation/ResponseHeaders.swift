internal import TenonKit

/// The header fields of responses for clients.
enum ResponseHeaders {
    /// Those of every response.
    static var always: JSONObject {
        var headers = JSONObject()
        headers["X-Request-ID"] = .header("X-Request-ID")
        return headers
    }

    /// Those of every response of the operation to an authenticated caller.
    static func of(_ operation: Operation) -> JSONObject {
        var headers = always
        if operation.access != .open {
            headers["RateLimit-Policy"] = .header("RateLimit-Policy")
            headers["RateLimit"] = .header("RateLimit")
        }
        return headers
    }

    /// Those of every problem with that status.
    static func ofProblems(status: UInt) -> JSONObject {
        var headers = always
        headers["RateLimit-Policy"] = .header("RateLimit-Policy")
        headers["RateLimit"] = .header("RateLimit")
        if status == 401 { headers["WWW-Authenticate"] = .header("WWW-Authenticate") }
        if status == 429 || status == 503 { headers["Retry-After"] = .header("Retry-After") }
        return headers
    }

    /// `components.headers`.
    static let components: JSONValue = [
        "X-Request-ID": [
            "description": "Identifies the request in the service's log.", "required": true,
            "schema": ["type": "string", "pattern": "^[!#-\\[\\]-~]{1,128}$"],
        ],
        "ETag": [
            "description": "The entity tag for If-None-Match, if the response can be cached.",
            "schema": ["type": "string", "pattern": "^\"[!#-~]*\"$"],
        ],
        "Location": [
            "description": "The address of the created resource, if it has one.",
            "schema": ["type": "string", "format": "uri-reference", "pattern": "^/"],
        ],
        "Redirection": [
            "description": "The address to redirect the browser to.", "required": true,
            "schema": ["type": "string", "format": "uri", "pattern": "^https?://"],
        ],
        "Set-Cookie": [
            "description": "Binds the login to this browser.", "required": true, "schema": ["type": "string"],
        ],
        "Idempotency-Replayed": [
            "description": "The response is the stored one of the first request with the Idempotency-Key.",
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
            "description": "The rest of each: requests `r`; more in `t` seconds.",
            "schema": [
                "type": "string", "pattern": "^\"[a-z_]+\";r=[0-9]+;t=[0-9]+(, \"[a-z_]+\";r=[0-9]+;t=[0-9]+)*$",
            ],
        ],
        "Retry-After": [
            "description": "Seconds to wait before retrying.", "required": true,
            "schema": ["type": "integer", "minimum": 1],
        ],
    ]
}

extension JSONValue {
    static func header(_ name: String) -> JSONValue { .component("headers", name) }
}
