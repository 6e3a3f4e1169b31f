extension FailureCode {
    public static let invalidCredentials = FailureCode(
        "invalid_credentials", .unauthenticated, "The credentials are not valid",
        "The password is wrong or the account does not exist; the response does not tell which.")
    public static let invalidRefreshToken = FailureCode(
        "invalid_refresh_token", .unauthenticated, "The refresh token is not valid",
        "The refresh token was used, revoked or has expired, or is invalid. Sign in again.")
    public static let tenantRequired = FailureCode(
        "tenant_required", .conflict, "Name the tenant",
        "The password is valid at several tenants: send `tenant` with one of the slugs in `tenants`.")
    public static let slugTaken = FailureCode(
        "slug_taken", .conflict, "The slug is taken",
        "Another tenant has this slug. Choose another name.")
    public static let emailTaken = FailureCode(
        "email_taken", .conflict, "The e-mail address is taken",
        "Another user of the tenant has this e-mail address.")
    public static let usernameTaken = FailureCode(
        "username_taken", .conflict, "The username is taken",
        "Another user of the tenant has this username.")
    public static let accountExists = FailureCode(
        "account_exists", .conflict, "The account exists",
        "An account that was registered without naming a tenant has this e-mail address or username. Sign in, reset its "
            + "password, or name the organization that the new account is for.")
    public static let accountSuspended = FailureCode(
        "account_suspended", .denied, "The account is suspended",
        "The account was suspended by an administrator of its tenant. Ask one to reactivate it.")
    public static let tenantSuspended = FailureCode(
        "tenant_suspended", .denied, "The tenant is suspended",
        "The tenant was suspended; none of its users can sign in.")
    public static let hashingOverloaded = FailureCode(
        "hashing_overloaded", .unavailable, "Too many passwords are being checked",
        "The queue of passwords to check is full. Try again after `Retry-After`.")
    public static let registrationClosed = FailureCode(
        "registration_closed", .denied, "Registration is closed",
        "Only platform administrators can create tenants, and only their owners can create users."
    )
    public static let userNotFound = FailureCode(
        "user_not_found", .notFound, "No such user",
        "The user does not exist in the caller's tenant.")
    public static let lastOwner = FailureCode(
        "last_owner", .conflict, "The tenant needs an owner",
        "This is the last active owner of the tenant. Make another user an owner first.")
    public static let sessionNotFound = FailureCode(
        "session_not_found", .notFound, "No such session",
        "The session does not exist, has ended, or belongs to another user.")
    public static let wrongPassword = FailureCode(
        "wrong_password", .invalid, "The current password is wrong",
        "The sent password differs from the current one.")
    public static let invalidResetToken = FailureCode(
        "invalid_reset_token", .invalid, "The token is not valid",
        "The token was used or replaced, has expired, or is invalid. Request a new one.")
    public static let tooManyAttempts = FailureCode(
        "too_many_attempts", .exhausted, "Too many attempts",
        "Too many password attempts. Try again after `Retry-After`; the wait grows with each attempt, up to a limit."
    )
    public static let tenantNotFound = FailureCode(
        "tenant_not_found", .notFound, "No such tenant",
        "The tenant does not exist or is not visible to the caller.")
}

extension Failure {
    public static let noUser = Failure(.userNotFound, "No user has this id.")
}

extension Failure {
    /// Stores refuse a second account with the same name that was registered without naming a tenant.
    public static let accountExists = Failure(
        .accountExists,
        "An account with this e-mail address or username already exists: sign in, reset its password, or name an organization."
    )
}
