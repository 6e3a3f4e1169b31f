internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// The body of a question: about one of Tenon's permissions, or to a policy with its own model.
struct AccessQuestionBody: RequestBody {
    let question: ExplainAccess.Question

    static var exampleMembers: Set<String> { ["subject", "permission", "resource"] }

    static var relations: JSONObject {
        .oneOf(
            ["required": ["subject", "permission"], "not": ["required": ["policy_id"]]],
            ["required": ["policy_id", "values"], "not": ["required": ["subject"]]])
    }

    init(from fields: inout FieldReader) {
        let subject = fields.optional("subject", as: SubjectName.self)
        let permission = fields.optional("permission", as: Permission.self)
        let resource = fields.optional("resource", as: ResourceDescription.self)
        let circumstances = fields.optional("request", as: CircumstancesBody.self)
        let policy = fields.optional("policy_id", as: PolicyID.self)
        let values = fields.optional("values", as: RequestValues.self)
        let context = fields.optional("context", as: DefinitionsNumber.self)
        question = fields.derived(orPlaceholder: .values([], policy: .example, context: "")) { () throws(Failure) in
            if let policy, let values, subject == nil, permission == nil {
                return .values(values.values, policy: policy, context: context?.text ?? "")
            }
            guard let subject, let permission, policy == nil, values == nil else {
                throw .invalid("wrong_question", "send either subject and permission, or policy_id and values")
            }
            return .permission(
                permission, of: subject, on: resource?.resource ?? PolicyResource(described: JSONObject()),
                address: circumstances?.address?.address.description, userAgent: circumstances?.userAgent?.text,
                at: circumstances?.time)
        }
    }
}

/// The circumstances of a request in a question; missing members are taken from the current request.
struct CircumstancesBody: ObjectFieldValue {
    let address: AddressText?
    let userAgent: UserAgentText?
    let time: Timestamp?

    init(from fields: inout FieldReader) {
        address = fields.optional("address")
        userAgent = fields.optional("user_agent")
        time = fields.optional("time")
    }

    static var example: CircumstancesBody { empty }
}

struct AddressText: TextFieldValue {
    let address: IPAddress

    init(_ text: String) throws(Violation) {
        guard let address = IPAddress(text) else {
            throw Violation(code: "invalid_address", detail: "must be an IPv4 or IPv6 address")
        }
        self.address = address
    }

    static var schema: JSONValue { ["type": "string", "maxLength": 45] }
    static var exampleText: String { "192.0.2.7" }
}

struct UserAgentText: TextMember {
    static let rule = TextRule(0...512, code: "invalid_length", example: "curl/8.5.0")

    let text: String

    init(_ text: String) throws(Violation) {
        self.text = try Self.rule.check(text)
    }
}
