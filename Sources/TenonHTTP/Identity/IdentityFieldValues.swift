internal import TenonApplication
internal import TenonDomain

extension EmailAddress: TextFieldValue {
    static var schema: JSONValue { ["type": "string", "format": "email", "maxLength": 254] }
    static var exampleText: String { "admin@mycompany.com" }
}

extension Username: TextFieldValue {
    static var schema: JSONValue { ["type": "string", "pattern": "^[A-Za-z0-9_.@+-]{1,150}$"] }
    static var exampleText: String { "john" }
}

extension TenantSlug: TextFieldValue {
    static var schema: JSONValue {
        ["type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"]
    }
    static var exampleText: String { "mycompany" }
}

extension RegisterTenant.Organization: TextFieldValue {
    static var schema: JSONValue { ["type": "string", "minLength": 1, "maxLength": 200] }
    static var exampleText: String { "mycompany" }
}
