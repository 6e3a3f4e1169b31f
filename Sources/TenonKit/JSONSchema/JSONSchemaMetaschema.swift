extension JSONSchema {
    /// The draft's identifier, in `$schema` and in references to its meta-schema.
    static let draft = "https://json-schema.org/draft/2020-12/schema"

    /// The meta-schema of the draft, with all its vocabularies: it defines the form of a schema.
    static let metaschema: JSONSchema = {
        do throws(KitError) {
            return try JSONSchema(trusted: metaschemaSource)
        } catch {
            preconditionFailure("the meta-schema is broken: \(error)")
        }
    }()

    static let metaschemaSource: JSONValue = {
        do throws(JSONError) {
            return try JSONParser.parse(metaschemaText)
        } catch {
            preconditionFailure("the meta-schema is not valid JSON:  \(error.detail)")
        }
    }()

    /// All keywords of the draft, including those with arbitrary values.
    static let keywords = Set((metaschemaSource["properties"]?.objectValue ?? JSONObject()).map(\.name))
        .union(["const", "default"])

    private static let metaschemaText = #"""
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$id": "https://json-schema.org/draft/2020-12/schema",
            "$dynamicAnchor": "meta",
            "type": ["object", "boolean"],
            "properties": {
                "$schema": { "type": "string" },
                "$id": { "type": "string", "pattern": "^[^#]*#?$" },
                "$anchor": { "$ref": "#/$defs/anchor" },
                "$dynamicAnchor": { "$ref": "#/$defs/anchor" },
                "$ref": { "type": "string" },
                "$dynamicRef": { "type": "string" },
                "$vocabulary": { "type": "object", "additionalProperties": { "type": "boolean" } },
                "$comment": { "type": "string" },
                "$defs": { "$ref": "#/$defs/schemasByName" },
                "definitions": { "$ref": "#/$defs/schemasByName" },

                "allOf": { "$ref": "#/$defs/schemas" },
                "anyOf": { "$ref": "#/$defs/schemas" },
                "oneOf": { "$ref": "#/$defs/schemas" },
                "not": { "$dynamicRef": "#meta" },
                "if": { "$dynamicRef": "#meta" },
                "then": { "$dynamicRef": "#meta" },
                "else": { "$dynamicRef": "#meta" },
                "dependentSchemas": { "$ref": "#/$defs/schemasByName" },
                "properties": { "$ref": "#/$defs/schemasByName" },
                "patternProperties": { "$ref": "#/$defs/schemasByName" },
                "additionalProperties": { "$dynamicRef": "#meta" },
                "propertyNames": { "$dynamicRef": "#meta" },
                "prefixItems": { "$ref": "#/$defs/schemas" },
                "items": { "$dynamicRef": "#meta" },
                "contains": { "$dynamicRef": "#meta" },
                "unevaluatedItems": { "$dynamicRef": "#meta" },
                "unevaluatedProperties": { "$dynamicRef": "#meta" },

                "type": {
                    "type": ["string", "array"],
                    "if": { "type": "array" },
                    "then": { "minItems": 1, "uniqueItems": true, "items": { "$ref": "#/$defs/kind" } },
                    "else": { "$ref": "#/$defs/kind" }
                },
                "enum": { "type": "array" },
                "multipleOf": { "type": "number", "exclusiveMinimum": 0 },
                "maximum": { "type": "number" },
                "exclusiveMaximum": { "type": "number" },
                "minimum": { "type": "number" },
                "exclusiveMinimum": { "type": "number" },
                "maxLength": { "$ref": "#/$defs/count" },
                "minLength": { "$ref": "#/$defs/count" },
                "pattern": { "type": "string" },
                "maxItems": { "$ref": "#/$defs/count" },
                "minItems": { "$ref": "#/$defs/count" },
                "uniqueItems": { "type": "boolean" },
                "maxContains": { "$ref": "#/$defs/count" },
                "minContains": { "$ref": "#/$defs/count" },
                "maxProperties": { "$ref": "#/$defs/count" },
                "minProperties": { "$ref": "#/$defs/count" },
                "required": { "$ref": "#/$defs/names" },
                "dependentRequired": { "type": "object", "additionalProperties": { "$ref": "#/$defs/names" } },

                "title": { "type": "string" },
                "description": { "type": "string" },
                "deprecated": { "type": "boolean" },
                "readOnly": { "type": "boolean" },
                "writeOnly": { "type": "boolean" },
                "examples": { "type": "array" },
                "format": { "type": "string" },
                "contentEncoding": { "type": "string" },
                "contentMediaType": { "type": "string" },
                "contentSchema": { "$dynamicRef": "#meta" }
            },
            "$defs": {
                "anchor": { "type": "string", "pattern": "^[A-Za-z_][-A-Za-z0-9._]*$" },
                "count": { "type": "integer", "minimum": 0 },
                "kind": { "enum": ["array", "boolean", "integer", "null", "number", "object", "string"] },
                "names": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
                "schemas": { "type": "array", "minItems": 1, "items": { "$dynamicRef": "#meta" } },
                "schemasByName": { "type": "object", "additionalProperties": { "$dynamicRef": "#meta" } }
            }
        }
        """#
}
