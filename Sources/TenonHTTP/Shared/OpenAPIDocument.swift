internal import HTTPTypes
public import TenonDomain

/// The OpenAPI 3.1 description of a catalog.
public struct OpenAPIDocument: Sendable {
    private let catalog: EndpointCatalog

    public init(_ catalog: EndpointCatalog) {
        self.catalog = catalog
    }

    public var json: JSONValue {
        var paths = JSONObject()
        var schemas = JSONObject()
        schemas["Problem"] = Self.problemSchema
        for entry in catalog.entries {
            let path = entry.operation.canonicalPath
            var item = paths[path]?.objectValue ?? JSONObject()
            item[entry.operation.method.rawValue.lowercased()] = operation(entry)
            paths[path] = .object(item)
            schemas[entry.replyName] = entry.replySchema
            if let request = entry.requestSchema { schemas[request.name] = schema(of: request) }
        }
        return [
            "openapi": "3.1.0",
            "info": [
                "title": "Tenon", "version": "1",
                "description": "A platform control plane: tenants, users, configuration and more in one service.",
                "license": ["name": "MIT", "identifier": "MIT"],
            ],
            "servers": [["url": "/"]],
            "paths": .object(paths),
            "components": [
                "schemas": .object(schemas),
                "securitySchemes": ["bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"]],
            ],
        ]
    }

    private func operation(_ entry: EndpointCatalog.Entry) -> JSONValue {
        let declared = entry.operation
        var operation = JSONObject()
        operation["operationId"] = .string(declared.id)
        operation["tags"] = [.string(declared.tag)]
        operation["summary"] = .string(declared.summary)
        switch declared.access {
        case .open: operation["security"] = []
        case .signedIn: operation["security"] = [["bearer": []]]
        case .permission(let permission):
            operation["security"] = [["bearer": []]]
            operation["x-permission"] = .string(permission.name)
        }
        let parameters = pathParameters(of: declared) + declared.query.map(Self.parameter)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let request = entry.requestSchema {
            operation["requestBody"] = [
                "required": true,
                "content": [
                    "application/json": [
                        "schema": .reference(to: request.name), "example": example(of: request),
                    ]
                ],
            ]
        }
        operation["responses"] = responses(of: entry)
        return .object(operation)
    }

    private func responses(of entry: EndpointCatalog.Entry) -> JSONValue {
        var responses = JSONObject()
        responses[String(entry.operation.success.rawValue)] = [
            "description": .string(entry.operation.success.http.reasonPhrase),
            "content": [
                "application/json": [
                    "schema": .reference(to: entry.replyName), "example": entry.replyExample,
                ]
            ],
        ]
        for (status, codes) in failures(of: entry) {
            responses[String(status)] = [
                "description": .string(codes.joined(separator: ", ")),
                "content": ["application/problem+json": ["schema": .reference(to: "Problem")]],
            ]
        }
        return .object(responses)
    }

    /// The codes by status, those that follow from the operation's kind included.
    private func failures(of entry: EndpointCatalog.Entry) -> [(status: Int, codes: [String])] {
        var codes: [Int: [String]] = [500: [FailureCode.internalError.slug]]
        let access: [FailureCode] =
            switch entry.operation.access {
            case .open: []
            case .signedIn: [.notAuthenticated]
            case .permission: [.notAuthenticated, .permissionDenied]
            }
        for code in access + entry.operation.failures {
            codes[code.kind.status.code, default: []].append(code.slug)
        }
        if entry.requestSchema != nil {
            codes[400, default: []].append(JSONError.Code.invalidJSON.rawValue)
            codes[413, default: []].append("body_too_large")
            codes[415, default: []].append("unsupported_media_type")
        }
        if entry.requestSchema != nil || !entry.operation.query.isEmpty {
            codes[422, default: []].append(FailureCode.validationFailed.slug)
        }
        return codes.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private func pathParameters(of operation: Operation) -> [JSONValue] {
        operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            [
                "name": .string(String(segment.dropFirst().dropLast())), "in": "path", "required": true,
                "schema": ["type": "string"],
            ]
        }
    }

    private static func parameter(_ parameter: QueryParameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "required": false,
            "description": .string(parameter.description), "schema": parameter.schema,
        ]
    }

    private func schema(of request: EndpointCatalog.RequestSchema) -> JSONValue {
        var properties = JSONObject()
        for property in request.properties {
            properties[property.name] = property.isRequired ? property.schema : .nullable(property.schema)
        }
        return [
            "type": "object", "properties": .object(properties), "additionalProperties": false,
            "required": .array(request.properties.filter(\.isRequired).map { .string($0.name) }),
        ]
    }

    private func example(of request: EndpointCatalog.RequestSchema) -> JSONValue {
        var example = JSONObject()
        for property in request.properties where property.isRequired { example[property.name] = property.example }
        return .object(example)
    }

    private static var problemSchema: JSONValue {
        let text: JSONValue = ["type": "string"]
        return [
            "type": "object",
            "description": "An error (RFC 9457).",
            "properties": [
                "type": ["type": "string", "format": "uri-reference"], "title": text,
                "status": ["type": "integer"], "detail": text,
                "instance": ["type": "string", "format": "uri-reference"], "code": text, "request_id": text,
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

extension JSONValue {
    fileprivate static func reference(to schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }
}
