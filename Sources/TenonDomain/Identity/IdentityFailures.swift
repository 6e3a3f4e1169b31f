extension FailureCode {
    /// Wrong password, no such account, or one that is not to be told apart from these.
    public static let invalidCredentials = FailureCode(
        "invalid_credentials", .unauthenticated, "The credentials are not valid")
    /// The refresh token is spent, ended, run out or not ours.
    public static let invalidRefreshToken = FailureCode(
        "invalid_refresh_token", .unauthenticated, "The refresh token is not valid")
    /// The password is right at several tenants: name one.
    public static let tenantRequired = FailureCode("tenant_required", .conflict, "Name the tenant")
    public static let slugTaken = FailureCode("slug_taken", .conflict, "The slug is taken")
    public static let emailTaken = FailureCode("email_taken", .conflict, "The e-mail address is taken")
    public static let usernameTaken = FailureCode("username_taken", .conflict, "The username is taken")
    public static let accountSuspended = FailureCode("account_suspended", .denied, "The account is suspended")
    public static let tenantSuspended = FailureCode("tenant_suspended", .denied, "The tenant is suspended")
    /// More passwords wait to be hashed than the queue holds.
    public static let hashingOverloaded = FailureCode(
        "hashing_overloaded", .unavailable, "Too many passwords are being checked")
    public static let userNotFound = FailureCode("user_not_found", .notFound, "No such user")
    public static let tenantNotFound = FailureCode("tenant_not_found", .notFound, "No such tenant")
}
