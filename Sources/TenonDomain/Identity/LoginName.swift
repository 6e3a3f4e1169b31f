/// The name of an account at login.
public enum LoginName: Sendable, Hashable {
    case email(EmailAddress)
    case username(Username)
}

extension LoginName {
    /// Whether the user has this name.
    public func names(_ user: User) -> Bool {
        switch self {
        case .email(let email): user.email == email
        case .username(let username): user.username == username
        }
    }
}
