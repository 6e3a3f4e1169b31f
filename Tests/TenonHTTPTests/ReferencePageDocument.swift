import TenonDomain
import TenonKit

extension JSONValue {
    /// An OpenAPI document of two paths that uses what the reference page knows of, with the text wherever text may
    /// stand.
    static func sampleDocument(_ text: String = "plain") -> JSONValue {
        [
            "openapi": "3.1.0", "info": ["title": .string(text), "version": .string(text)],
            "tags": [["name": .string(text), "description": .string(text)]],
            "paths": [
                "/things/{id}": [
                    "parameters": [["name": "id", "in": "path", "required": true, "schema": ["type": "string"]]],
                    "put": [
                        "operationId": .string(text), "tags": [.string(text)], "summary": .string(text),
                        "description": .string(text), "security": [["bearer": [.string(text)]]],
                        "x-permission": .string(text),
                        "parameters": [["$ref": "#/components/parameters/Limit"]],
                        "requestBody": [
                            "required": true,
                            "content": [
                                "application/json": [
                                    "schema": ["$ref": "#/components/schemas/Thing"],
                                    "example": ["name": .string(text)],
                                ]
                            ],
                        ],
                        "responses": [
                            "200": [
                                "description": .string(text),
                                "headers": ["ETag": ["description": .string(text)]],
                                "content": ["application/json": ["schema": ["$ref": .string(text)]]],
                            ],
                            "404": [
                                "description": "not_found",
                                "content": ["application/problem+json": ["example": .string(text)]],
                            ],
                        ],
                    ],
                ],
                "/bare": ["get": [:], "summary": "No method"],
            ],
            "components": [
                "parameters": [
                    "Limit": ["name": "limit", "in": "query", "schema": ["type": "integer", "maximum": 9]]
                ],
                "schemas": [
                    "Thing": [
                        "type": "object", "additionalProperties": false, "required": ["name", "owner"],
                        "properties": [
                            "name": [
                                "type": ["string", "null"], "minLength": 1, "maxLength": 64, "pattern": .string(text),
                                "enum": [.string(text), .null], "default": .string(text), "description": .string(text),
                            ],
                            "owner": [
                                "type": "object", "properties": ["email": ["type": "string", "format": "email"]],
                            ],
                            "parts": [
                                "type": "array",
                                "items": ["type": "object", "properties": ["size": ["type": "number"]]],
                            ],
                            "parent": ["anyOf": [["$ref": "#/components/schemas/Thing"], ["type": "null"]]],
                        ],
                    ]
                ],
            ],
        ]
    }
}
