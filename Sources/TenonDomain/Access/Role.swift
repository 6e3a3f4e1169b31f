public import TenonKit

/// A built-in role, or one that the tenant has created. Its text is `[a-z0-9][a-z0-9_-]{0,62}`.
public struct Role: TextValue, Hashable {
    public let name: String
    public var text: String { name }

    public static let rule = TextRule(
        1...63, .word(first: "a-z0-9", "a-z0-9_-"), code: "invalid_role",
        "be a-z, 0-9, '_' and '-', and begin with a letter or digit", example: "owner")

    public init(_ name: String) throws(Violation) {
        self.name = try Self.rule.check(name)
    }

    private init(builtIn name: String) {
        self.name = name
    }

    public static let owner = Role(builtIn: "owner")
    public static let admin = Role(builtIn: "admin")
    public static let member = Role(builtIn: "member")
    public static let viewer = Role(builtIn: "viewer")
    /// Only for users of the platform itself.
    public static let platformAdministrator = Role(builtIn: "platform_administrator")

    /// The roles that every tenant has.
    public static let builtIn: [Role] = [.owner, .admin, .member, .viewer]
}
