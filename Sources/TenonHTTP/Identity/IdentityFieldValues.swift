internal import TenonDomain
public import TenonApplication

extension EmailAddress: TextFieldValue {
    public static var schema: JSONValue { ["type": "string", "format": "email", "maxLength": 254] }
    public static var exampleText: String { "admin@mycompany.com" }
}

extension Username: TextFieldValue {
    public static var schema: JSONValue { ["type": "string", "pattern": "^[A-Za-z0-9_.@+-]{1,150}$"] }
    public static var exampleText: String { "john" }
}

extension TenantSlug: TextFieldValue {
    public static var schema: JSONValue {
        ["type": "string", "pattern": "^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$"]
    }
    public static var exampleText: String { "mycompany" }
}

extension RegisterTenant.Organization: TextFieldValue {
    public static var schema: JSONValue { ["type": "string", "minLength": 1, "maxLength": 200] }
    public static var exampleText: String { "mycompany" }
}
