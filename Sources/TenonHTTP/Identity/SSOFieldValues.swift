internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension SSOConnectionName: TextFieldValue {
    package static var schema: JSONValue {
        ["type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"]
    }
    package static var exampleText: String { "company-login" }
}

extension SSOPreset: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension SSOConnectionStatus: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension IssuerURL: TextFieldValue {
    package static var schema: JSONValue {
        [
            "type": "string",
            "pattern": .string(
                "^https?://[A-Za-z0-9._:\\[\\]-]{1,\(maxHost)}(/[A-Za-z0-9/._~%:+,;=-]{0,\(maxPath - 1)})?$"),
        ]
    }
    package static var exampleText: String { "https://id.mycompany.com/realms/main" }
}

extension OAuthClientID: TextFieldValue {
    package static var schema: JSONValue { ["type": "string", "pattern": "^[ -~]{1,255}$"] }
    package static var exampleText: String { "tenon" }
}

extension EmailDomain: TextFieldValue {
    package static var schema: JSONValue {
        let label = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
        return [
            "type": "string", "maxLength": .integer(Int64(maxLength)),
            "pattern": .string("^\(label)(\\.\(label)){1,7}$"),
        ]
    }
    package static var exampleText: String { "mycompany.com" }
}

extension ClaimPath: TextFieldValue {
    package static var schema: JSONValue {
        [
            "type": "string", "format": "json-pointer", "maxLength": 256, "pattern": "^(/([^~/]|~[01])*){1,8}$",
            "description": "A JSON Pointer (RFC 6901) into the ID token's claims.",
        ]
    }
    package static var exampleText: String { "/realm_access/roles" }
}

extension OAuthScopes: FieldValue {
    package init(field value: JSONValue) throws(Failure) {
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw .invalid("wrong_type", "Scopes are an array of strings.")
        }
        do {
            try self.init(texts)
        } catch {
            throw .invalid([error])
        }
    }

    package static var schema: JSONValue {
        [
            "type": "array", "maxItems": .integer(Int64(maximum)), "uniqueItems": true,
            "items": ["type": "string", "pattern": "^[!#-\\[\\]-~]{1,64}$"],
            "description": "`openid` is always asked for.",
        ]
    }
    package static var example: OAuthScopes { SSOPreset.generic.scopes }
    package static var exampleJSON: JSONValue { .array(example.names.map { .string($0) }) }
}

/// Different values that are texts.
struct DistinctTexts<Value: TextFieldValue & Hashable>: FieldValue {
    let values: [Value]

    init(field value: JSONValue) throws(Failure) {
        guard let items = value.arrayValue else {
            throw .invalid("wrong_type", "This is an array of strings, not \(value.kindName).")
        }
        var values: [Value] = []
        for (place, item) in items.prefix(Self.maximum + 1).enumerated() {
            do throws(Failure) {
                values.append(try Value(field: item))
            } catch {
                throw .invalid(error.violations.map { $0.nested(under: "/\(place)") })
            }
        }
        guard values.count <= Self.maximum, Set(values).count == values.count else {
            throw .invalid("invalid_list", "There are at most \(Self.maximum), each of them once.")
        }
        self.values = values
    }

    private init(_ values: [Value]) {
        self.values = values
    }

    private static var maximum: Int { SSOSettings.maxDomains }

    static var schema: JSONValue {
        ["type": "array", "maxItems": .integer(Int64(maximum)), "uniqueItems": true, "items": Value.schema]
    }
    static var example: Self { Self([.example]) }
    static var exampleJSON: JSONValue { [Value.exampleJSON] }
}

/// The domains of a connection: one at least.
struct ClaimedDomains: FieldValue {
    let domains: [EmailDomain]

    init(field value: JSONValue) throws(Failure) {
        domains = try DistinctTexts<EmailDomain>(field: value).values
        guard !domains.isEmpty else {
            throw .invalid("invalid_domains", "A connection has 1 to 50 different domains.")
        }
    }

    private init() {
        domains = [.example]
    }

    static var schema: JSONValue {
        var schema = DistinctTexts<EmailDomain>.schema.objectValue ?? JSONObject()
        schema["minItems"] = 1
        return .object(schema)
    }
    static var example: ClaimedDomains { ClaimedDomains() }
    static var exampleJSON: JSONValue { [EmailDomain.exampleJSON] }
}

/// From values of the provider's claim to roles.
struct RoleMappingField: FieldValue {
    let roles: [String: Role]

    init(field value: JSONValue) throws(Failure) {
        guard let object = value.objectValue else {
            throw .invalid("wrong_type", "This is an object, not \(value.kindName).")
        }
        guard object.count <= SSOSettings.maxMappings,
            object.allSatisfy({ (1...256).contains($0.name.unicodeScalars.count) })
        else {
            throw .invalid("invalid_role_mapping", "At most 100 values of 1 to 256 characters stand for roles.")
        }
        var roles: [String: Role] = [:]
        for (name, role) in object {
            do throws(Failure) {
                roles[name] = try Role(field: role)
            } catch {
                throw .invalid(error.violations.map { $0.nested(under: Violation.pointer(to: name)) })
            }
        }
        self.roles = roles
    }

    private init(_ roles: [String: Role]) {
        self.roles = roles
    }

    static var schema: JSONValue {
        [
            "type": "object", "maxProperties": .integer(Int64(SSOSettings.maxMappings)),
            "propertyNames": ["minLength": 1, "maxLength": 256], "additionalProperties": Role.schema,
        ]
    }
    static var example: RoleMappingField { RoleMappingField(["platform-team": .admin]) }
    static var exampleJSON: JSONValue { ["platform-team": "admin"] }
}

extension SSOSettingsPatch {
    /// The members that making and changing share.
    init(from fields: inout FieldReader, clientID: OAuthClientID?, domains: ClaimedDomains?) {
        let roles: RoleMappingField? = fields.optional("role_mapping")
        let standard: DistinctTexts<Role>? = fields.optional("default_roles")
        self.init(
            clientID: clientID, scopes: fields.optional("scopes"),
            domains: domains?.domains, emailClaim: fields.optional("email_claim"),
            emailVerifiedClaim: fields.optional("email_verified_claim"), nameClaim: fields.optional("name_claim"),
            rolesClaim: fields.optional("roles_claim"), roleMapping: roles?.roles,
            defaultRoles: standard.map { Set($0.values) }, createsUsers: fields.optional("creates_users"),
            status: fields.optional("status"))
    }
}
