public import TenonKit

/// What somebody is at a tenant: a built-in role, or one that the tenant has made. Its text is
/// `[a-z0-9][a-z0-9_-]{0,62}`.
public struct Role: Sendable, Hashable {
    public let name: String

    public init(_ name: String) throws(Violation) {
        guard Self.isValid(name) else {
            throw Violation(
                code: "invalid_role",
                detail: "A role has 1 to 63 characters of a-z, 0-9, '_' and '-', and begins with a letter or digit.")
        }
        self.name = name
    }

    private init(builtIn name: String) {
        self.name = name
    }

    public static let owner = Role(builtIn: "owner")
    public static let admin = Role(builtIn: "admin")
    public static let member = Role(builtIn: "member")
    public static let viewer = Role(builtIn: "viewer")
    /// Only of users of the platform itself.
    public static let platformAdministrator = Role(builtIn: "platform_administrator")

    /// Those that every tenant has.
    public static let builtIn: [Role] = [.owner, .admin, .member, .viewer]

    private static func isValid(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count) && name.utf8.first != UInt8(ascii: "_")
            && name.utf8.first != UInt8(ascii: "-")
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"),
                    UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }
}
