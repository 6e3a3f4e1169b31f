internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension PolicyStatus: ChoiceFieldValue {}

extension PolicyStatus: ReplyValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}

extension PolicyText: TextFieldValue {
    package static var schema: JSONValue {
        ["type": "string", "maxLength": .integer(Int64(maxLength)), "pattern": "^[^\\u0000]*$"]
    }
    package static var exampleText: String { "p, role:member, configs, write, deny, r.res.key == 'database_url'" }
}

extension SubjectName: TextFieldValue {
    package static var schema: JSONValue {
        [
            "type": "string",
            "pattern":
                "^(user:usr_[0-7][0-9a-hjkmnp-tv-z]{25}|key:key_[0-7][0-9a-hjkmnp-tv-z]{25}|role:[a-z0-9][a-z0-9_-]{0,62})$",
        ]
    }
    package static var exampleText: String { "role:member" }
}

/// Permissions that a role grants.
struct GrantedPermissions: FieldValue {
    let permissions: Set<Permission>

    init(field value: JSONValue) throws(Failure) {
        var found: Set<Permission> = []
        guard let names = value.arrayValue else { throw .invalid("wrong_type", "Permissions are an array of strings.") }
        for (index, name) in names.enumerated() {
            guard let permission = name.stringValue.flatMap({ Permission(named: $0) }) else {
                throw .invalid("unknown_permission", "There is no such permission.", at: "/\(index)")
            }
            found.insert(permission)
        }
        permissions = found
    }

    private init(_ permissions: Set<Permission>) {
        self.permissions = permissions
    }

    static var schema: JSONValue {
        [
            "type": "array",
            "items": ["type": "string", "enum": .array(Permission.all.map { .string($0.name) })],
        ]
    }
    static var example: GrantedPermissions { GrantedPermissions([.auditRead, .policiesRead]) }
    static var exampleJSON: JSONValue { ["audit:read", "policies:read"] }
}

/// Roles that a role inherits.
struct InheritedRoles: FieldValue {
    let roles: Set<Role>

    init(field value: JSONValue) throws(Failure) {
        var found: Set<Role> = []
        guard let names = value.arrayValue, names.count <= TenantRole.maxCount else {
            throw .invalid("wrong_type", "Roles are an array of at most \(TenantRole.maxCount) strings.")
        }
        for (index, name) in names.enumerated() {
            do throws(Failure) {
                found.insert(try Role(field: name))
            } catch {
                throw .invalid(error.violations.map { $0.nested(under: "/\(index)") })
            }
        }
        roles = found
    }

    private init(_ roles: Set<Role>) {
        self.roles = roles
    }

    static var schema: JSONValue {
        ["type": "array", "maxItems": .integer(Int64(TenantRole.maxCount)), "items": Role.schema]
    }
    static var example: InheritedRoles { InheritedRoles([.viewer]) }
    static var exampleJSON: JSONValue { ["viewer"] }
}

/// One permission.
extension Permission: TextFieldValue {
    package init(_ text: String) throws(Violation) {
        guard let permission = Permission(named: text) else {
            throw Violation(code: "unknown_permission", detail: "There is no such permission.")
        }
        self = permission
    }

    package static var schema: JSONValue { ["type": "string", "enum": .array(all.map { .string($0.name) })] }
    package static var exampleText: String { "configs:write" }
}

/// Attributes of a resource that somebody asks about.
struct ResourceDescription: ObjectFieldValue {
    let resource: PolicyResource

    static var exampleMembers: Set<String> { ["kind", "key"] }

    init(from fields: inout FieldReader) {
        var members = JSONObject()
        for name in PolicyResource.textMembers {
            if let text = fields.optional(name, as: ResourceAttribute.self) { members[name] = .string(text.text) }
        }
        if let isSecret = fields.optional("is_secret", as: Bool.self) { members["is_secret"] = .bool(isSecret) }
        resource = PolicyResource(described: members)
    }

    static var example: ResourceDescription { empty }
}

struct ResourceAttribute: TextFieldValue {
    let text: String

    init(_ text: String) throws(Violation) {
        guard text.unicodeScalars.count <= 1024 else {
            throw Violation(code: "invalid_length", detail: "This has at most 1024 characters.")
        }
        self.text = text
    }

    static var schema: JSONValue { ["type": "string", "maxLength": 1024] }
    static var exampleText: String { "config" }
}

/// The values of a request to a policy's own model: texts, numbers, objects with attributes.
struct RequestValues: FieldValue {
    /// More than any model that is worth its name has.
    private static let maxCount = 50

    let values: [JSONValue]

    init(field value: JSONValue) throws(Failure) {
        guard let values = value.arrayValue, values.count <= Self.maxCount else {
            throw .invalid("wrong_type", "The values are an array of at most \(Self.maxCount).")
        }
        self.values = values
    }

    private init() {
        values = []
    }

    static var schema: JSONValue { ["type": "array", "maxItems": .integer(Int64(maxCount))] }
    static var example: RequestValues { RequestValues() }
    static var exampleJSON: JSONValue { ["ada", "ledger", "read"] }
}

/// The number of a set of definitions: `2` for `r2`, `p2`, `e2` and `m2`.
struct DefinitionsNumber: TextFieldValue {
    let text: String

    init(_ text: String) throws(Violation) {
        guard text.utf8.count <= 2, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw Violation(code: "invalid_context", detail: "This is the number of an 'm2' of the model, such as 2.")
        }
        self.text = text
    }

    static var schema: JSONValue { ["type": "string", "pattern": "^[0-9]{0,2}$"] }
    static var exampleText: String { "2" }
}
