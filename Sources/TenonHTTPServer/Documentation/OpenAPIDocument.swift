internal import TenonDomain
public import TenonKit

/// The OpenAPI 3.1 description of a catalog.
public struct OpenAPIDocument: Sendable {
    private let catalog: EndpointCatalog

    public init(_ catalog: EndpointCatalog) {
        self.catalog = catalog
    }

    public var json: JSONValue {
        var paths = JSONObject()
        var schemas = JSONObject()
        schemas["Problem"] = ProblemSchema.json(catalog.problemMembers)
        for entry in catalog.entries {
            let path = entry.operation.canonicalPath
            var item = paths[path]?.objectValue ?? JSONObject()
            item[entry.operation.method.rawValue.lowercased()] = operation(entry)
            paths[path] = .object(item)
            for media in entry.reply + (entry.request?.media ?? []) {
                if let name = media.schemaName { schemas[name] = media.schema }
            }
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
                "schemas": .object(schemas), "headers": ResponseHeaders.components,
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "apiKey": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
                ],
            ],
        ]
    }

    private func operation(_ entry: EndpointCatalog.Entry) -> JSONValue {
        let declared = entry.operation
        var operation = JSONObject()
        operation["operationId"] = .string(declared.id)
        operation["tags"] = [.string(declared.tag)]
        operation["summary"] = .string(declared.summary)
        operation["description"] = .string(declared.description)
        switch declared.access {
        case .open: operation["security"] = []
        case .signedIn: operation["security"] = [["bearer": []]]
        case .authenticated: operation["security"] = [["bearer": []], ["apiKey": []]]
        case .platform(let permission):
            operation["security"] = [["bearer": []]]
            operation["x-permission"] = .string(permission.name)
        case .permission(let permission):
            operation["security"] = [["bearer": []], ["apiKey": []]]
            operation["x-permission"] = .string(permission.name)
        }
        let parameters =
            pathParameters(of: declared) + declared.query.map(Self.parameter) + Self.headerParameters(of: entry)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let request = entry.request {
            operation["requestBody"] = ["required": .bool(request.isRequired), "content": request.media.content]
        }
        operation["responses"] = OperationResponses(entry).json
        return .object(operation)
    }

    /// Traps on one that nobody described: every test of the catalog finds it.
    private func pathParameters(of operation: Operation) -> [JSONValue] {
        operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            guard let parameter = catalog.pathParameters.first(where: { $0.name == name }) else {
                preconditionFailure("The path parameter \(name) is not described")
            }
            return [
                "name": .string(name), "in": "path", "required": true,
                "description": .string(parameter.description), "schema": parameter.schema,
                "example": parameter.example,
            ]
        }
    }

    private static func parameter(_ parameter: QueryParameter) -> JSONValue {
        [
            "name": .string(parameter.name), "in": "query", "required": false,
            "description": .string(parameter.description), "schema": parameter.schema,
        ]
    }

    private static func headerParameters(of entry: EndpointCatalog.Entry) -> [JSONValue] {
        var parameters: [JSONValue] = []
        func add(_ name: String, _ description: String, _ schema: JSONValue) {
            parameters.append([
                "name": .string(name), "in": "header", "required": false, "description": .string(description),
                "schema": schema,
            ])
        }
        if entry.operation.takesIdempotencyKey {
            add(
                "Idempotency-Key",
                "Makes a repeat of the request, within 24 hours, get the answer to the first one.",
                ["type": "string", "pattern": "^([!#-\\[\\]-~]{1,255}|\"[!#-\\[\\]-~]{1,255}\")$"])
        }
        if entry.hasEntityTag {
            add("If-None-Match", "Answers 304 where the entity tag is still this one.", ["type": "string"])
        }
        if entry.operation.failures.contains(where: { $0.kind == .stale }) {
            add("If-Match", "Changes the resource only while its entity tag is this one.", ["type": "string"])
        }
        return parameters
    }
}

extension [MediaDescription] {
    /// A `content` member.
    var content: JSONValue {
        var content = JSONObject()
        for media in self {
            content[media.type] = [
                "schema": media.schemaName.map { .reference(to: $0) } ?? media.schema, "example": media.example,
            ]
        }
        return .object(content)
    }
}

extension JSONValue {
    static func reference(to schema: String) -> JSONValue {
        ["$ref": .string("#/components/schemas/\(schema)")]
    }
}
