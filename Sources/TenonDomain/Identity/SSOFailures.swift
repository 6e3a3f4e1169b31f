extension FailureCode {
    public static let ssoConnectionNotFound = FailureCode(
        "sso_connection_not_found", .notFound, "No such connection",
        "The connection does not exist in the tenant, or is disabled.")
    public static let ssoConnectionNameTaken = FailureCode(
        "sso_connection_name_taken", .conflict, "The name is taken",
        "Another connection of the tenant has this name. Choose another name.")
    public static let tooManySSOConnections = FailureCode(
        "too_many_sso_connections", .conflict, "The tenant has too many connections",
        "A tenant can have at most 50 connections to identity providers. Delete one first.")
    public static let ssoStateMismatch = FailureCode(
        "sso_state_mismatch", .denied, "The login was started elsewhere",
        "The `state` was not issued to this browser for this connection within the last 10 minutes, or it was "
            + "already used. Start the login again.")
    public static let ssoRefused = FailureCode(
        "sso_refused", .unauthenticated, "The identity provider did not confirm the login",
        "The identity provider refused the login, or its response does not prove the user's identity.")
    public static let ssoAccountRefused = FailureCode(
        "sso_account_refused", .denied, "The account may not sign in here",
        "The identity provider does not confirm an e-mail address in one of the connection's domains, the "
            + "connection creates no users, or the account has more permissions than the connection's roles.")
    public static let ssoAccountExists = FailureCode(
        "sso_account_exists", .conflict, "An account with this e-mail address exists",
        "A user of the tenant has the e-mail address and cannot be linked: the address is not verified, its domain "
            + "does not belong to the connection, or another identity of the connection is linked to the user.")
    public static let identityProviderUnavailable = FailureCode(
        "identity_provider_unavailable", .unavailable, "The identity provider is unavailable",
        "The identity provider is unreachable or violates OpenID Connect. Try again after `Retry-After`.")
}

extension Failure {
    public static let noSSOConnection = Failure(.ssoConnectionNotFound, "No connection has this id.")
}
