/// The built-in roles. What each may do is `RoleAuthorizer`'s table.
public enum Role: String, Sendable, Hashable, CaseIterable {
    case owner, admin, member, viewer
    /// Only of users of the platform itself.
    case platformAdministrator = "platform_administrator"
}
