internal import TenonDomain
public import TenonKit

/// The OpenAPI 3.1 document of a catalog.
public struct OpenAPIDocument: Sendable {
    private let catalog: EndpointCatalog

    public init(_ catalog: EndpointCatalog) {
        self.catalog = catalog
    }

    public var json: JSONValue {
        var paths = JSONObject()
        var schemas = JSONObject()
        let problems = ProblemResponses(catalog.entries)
        let parameters = OperationParameters(catalog)
        schemas["Problem"] = ProblemSchema.json(catalog.problemMembers)
        for entry in catalog.entries {
            let path = entry.operation.canonicalPath
            var item = paths[path]?.objectValue ?? JSONObject()
            item[entry.operation.method.rawValue.lowercased()] = operation(entry, parameters, problems)
            paths[path] = .object(item)
            for media in entry.reply + (entry.request?.media ?? []) {
                if let name = media.schemaName { schemas[name] = media.schema }
            }
        }
        var responses = problems.responses
        responses[OperationResponses.notModifiedName] = OperationResponses.notModified
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
                "schemas": .object(schemas), "parameters": .object(parameters.components),
                "responses": .object(responses), "examples": .object(problems.examples),
                "headers": ResponseHeaders.components,
                "securitySchemes": [
                    "bearer": ["type": "http", "scheme": "bearer", "bearerFormat": "JWT"],
                    "apiKey": ["type": "apiKey", "in": "header", "name": "X-API-Key"],
                ],
            ],
        ]
    }

    private func operation(
        _ entry: EndpointCatalog.Entry, _ parameters: OperationParameters, _ problems: ProblemResponses
    ) -> JSONValue {
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
        let parameters = parameters.references(of: entry)
        if !parameters.isEmpty { operation["parameters"] = .array(parameters) }
        if let request = entry.request {
            operation["requestBody"] = ["required": .bool(request.isRequired), "content": request.media.content]
        }
        operation["responses"] = OperationResponses(entry, problems).json
        return .object(operation)
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
        component("schemas", schema)
    }

    static func component(_ kind: String, _ name: String) -> JSONValue {
        ["$ref": .string("#/components/\(kind)/\(name)")]
    }
}
