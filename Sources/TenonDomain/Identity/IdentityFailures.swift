extension FailureCode {
    public static let invalidCredentials = FailureCode(
        "invalid_credentials", .unauthenticated, "The credentials are not valid",
        "The password is wrong or there is no such account; the two are not told apart.")
    public static let invalidRefreshToken = FailureCode(
        "invalid_refresh_token", .unauthenticated, "The refresh token is not valid",
        "The refresh token is spent, ended, run out or not ours. Sign in again.")
    public static let tenantRequired = FailureCode(
        "tenant_required", .conflict, "Name the tenant",
        "The password is right at several tenants: send `tenant` with one of the slugs in `tenants`.")
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
        "An account that was registered without naming a tenant has this e-mail address or username. Log in, reset its "
            + "password, or name the organization that the new account is for.")
    public static let accountSuspended = FailureCode(
        "account_suspended", .denied, "The account is suspended",
        "The account was suspended by an administrator of its tenant.")
    public static let tenantSuspended = FailureCode(
        "tenant_suspended", .denied, "The tenant is suspended",
        "The whole tenant was suspended; none of its users can sign in.")
    public static let hashingOverloaded = FailureCode(
        "hashing_overloaded", .unavailable, "Too many passwords are being checked",
        "More passwords wait to be checked than the queue holds. Try again after `Retry-After`.")
    public static let registrationClosed = FailureCode(
        "registration_closed", .denied, "Registration is closed",
        "Nobody makes a tenant of their own here. An administrator of the platform makes tenants, and their owners users."
    )
    public static let userNotFound = FailureCode(
        "user_not_found", .notFound, "No such user",
        "There is no such user, or it is another tenant's.")
    public static let lastOwner = FailureCode(
        "last_owner", .conflict, "The tenant needs an owner",
        "This is the last active owner of the tenant. Make somebody else an owner first.")
    public static let sessionNotFound = FailureCode(
        "session_not_found", .notFound, "No such session",
        "There is no such session, it is over, or it is somebody else's.")
    public static let wrongPassword = FailureCode(
        "wrong_password", .invalid, "The current password is wrong",
        "The password that stands for now is not the one that was sent.")
    public static let invalidResetToken = FailureCode(
        "invalid_reset_token", .invalid, "The token is not valid",
        "The token is spent, run out, replaced by a newer one, or not ours. Ask for another.")
    public static let tooManyAttempts = FailureCode(
        "too_many_attempts", .exhausted, "Too many attempts",
        "Passwords were tried too often here. Try again after `Retry-After`; the wait grows with each attempt, up to a bound."
    )
    public static let tenantNotFound = FailureCode(
        "tenant_not_found", .notFound, "No such tenant",
        "There is no such tenant, or it is not the caller's.")
}

extension Failure {
    public static let noUser = Failure(.userNotFound, "There is no such user.")
}

extension Failure {
    /// Stores refuse a second account that was registered without naming a tenant with it.
    public static let accountExists = Failure(
        .accountExists,
        "An account with this e-mail address or username exists: log in, reset its password, or name an organization.")
}
