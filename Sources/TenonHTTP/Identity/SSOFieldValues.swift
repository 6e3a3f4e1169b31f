internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

extension SSOConnectionName: TextMember {}

extension SSOPreset: ChoiceFieldValue {}

extension SSOConnectionStatus: ChoiceFieldValue {}

extension IssuerURL: TextMember {}
extension OAuthClientID: TextMember {}
extension EmailDomain: TextMember {}
extension ClaimPath: TextMember {}

extension OAuthScopes: FieldValue, ReplyValue {
    package init(field value: JSONValue) throws(Failure) {
        let texts = value.arrayValue?.compactMap(\.stringValue)
        guard let texts, texts.count == value.arrayValue?.count else {
            throw .invalid("wrong_type", "must be an array of strings")
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
            "description": "`openid` is always included.",
        ]
    }
    package func write(to writer: inout JSONWriter) { names.write(to: &writer) }
    package static var example: OAuthScopes { SSOPreset.generic.scopes }
    package static var exampleJSON: JSONValue { .array(example.names.map { .string($0) }) }
}

/// The domains of a connection.
enum ClaimedDomains: ListKind {
    typealias Element = EmailDomain
    static let rule = ListRule(
        1...SSOSettings.maxDomains, code: "invalid_domains", duplicateCode: "invalid_list", namesDuplicates: false,
        example: ["mycompany.com"])
}

/// Roles of users to whom the mapping gives none.
enum DefaultRoles: ListKind {
    typealias Element = Role
    static let rule = ListRule(
        0...SSOSettings.maxDomains, code: "invalid_list", duplicateCode: "invalid_list", namesDuplicates: false,
        example: ["owner"])
}

/// Maps values of the provider's claim to roles.
struct RoleMapping: FieldValue, ReplyValue {
    let roles: [String: Role]

    init(field value: JSONValue) throws(Failure) {
        guard let object = value.objectValue else {
            throw .invalid("wrong_type", "must be an object, got \(value.kindName)")
        }
        guard object.count <= SSOSettings.maxMappings,
            object.allSatisfy({ (1...256).contains($0.name.unicodeScalars.count) })
        else {
            throw .invalid(
                "invalid_role_mapping", "must have at most \(SSOSettings.maxMappings) values of 1 to 256 characters")
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

    init(_ roles: [String: Role]) {
        self.roles = roles
    }

    func write(to writer: inout JSONWriter) {
        writer.beginObject()
        for (value, role) in roles.sorted(by: { $0.key < $1.key }) {
            writer.key(value)
            role.write(to: &writer)
        }
        writer.endObject()
    }

    static var schema: JSONValue {
        [
            "type": "object", "maxProperties": .integer(Int64(SSOSettings.maxMappings)),
            "propertyNames": ["minLength": 1, "maxLength": 256], "additionalProperties": Role.schema,
        ]
    }
    static var example: RoleMapping { RoleMapping(["platform-team": .admin]) }
    static var exampleJSON: JSONValue { ["platform-team": "admin"] }
}
