internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension EmailAddress: TextMember {}
extension Username: TextMember {}
extension TenantSlug: TextMember {}

/// A new password. The use case checks whether it is acceptable: an operator can require more than the minimum length
/// here.
struct NewPassword: FieldValue {
    let secret: Secret

    init(field value: JSONValue) throws(Failure) {
        secret = try Secret(field: value)
    }

    private init(_ secret: Secret) {
        self.secret = secret
    }

    static var schema: JSONValue {
        [
            "type": "string", "format": "password", "minLength": 8,
            "maxLength": .number(JSONNumber(Int64(PasswordPolicy.maxLength))),
            "description": "Not one of the common passwords. The operator can require more than 8 characters.",
        ]
    }
    static var example: NewPassword { NewPassword(.example) }
    static var exampleJSON: JSONValue { Secret.exampleJSON }
}

extension FieldReader {
    /// A new password, optionally repeated by forms that ask for it twice.
    mutating func newPassword(_ name: String, repeated second: String) -> Secret {
        let password: NewPassword = required(name)
        let repeated: Secret? = optional(second)
        return derived(orPlaceholder: password.secret) { () throws(Failure) in
            guard repeated == nil || repeated == password.secret else {
                throw .invalid("not_the_same", "must be the same as the password", at: "/\(second)")
            }
            return password.secret
        }
    }
}
