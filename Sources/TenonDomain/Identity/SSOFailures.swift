extension FailureCode {
    public static let ssoConnectionNotFound = FailureCode(
        "sso_connection_not_found", .notFound, "No such connection",
        "There is no such connection to an identity provider, it is switched off, or it is another tenant's.")
    public static let ssoConnectionNameTaken = FailureCode(
        "sso_connection_name_taken", .conflict, "The name is taken",
        "Another connection of the tenant has this name.")
    public static let tooManySSOConnections = FailureCode(
        "too_many_sso_connections", .conflict, "The tenant has too many connections",
        "A tenant has at most 50 connections to identity providers.")
    public static let ssoStateMismatch = FailureCode(
        "sso_state_mismatch", .denied, "The login was not begun here",
        "The `state` is not one that this browser was given for this connection within the last 10 minutes, or it was "
            + "used before. Begin the login again.")
    public static let ssoRefused = FailureCode(
        "sso_refused", .unauthenticated, "The identity provider did not vouch",
        "The identity provider refused the login, or what it answered does not prove who signed in.")
    public static let ssoAccountRefused = FailureCode(
        "sso_account_refused", .denied, "The account may not sign in here",
        "The identity provider does not vouch for an e-mail address of one of the connection's domains, the "
            + "connection makes no users, or the account may do more than the connection leads to.")
    public static let ssoAccountExists = FailureCode(
        "sso_account_exists", .conflict, "There is an account with this e-mail address",
        "A user of the tenant has the e-mail address, and it may not be linked: the address is not verified, its domain "
            + "is not the connection's, or another identity of the connection is linked to the user.")
    public static let identityProviderUnavailable = FailureCode(
        "identity_provider_unavailable", .unavailable, "The identity provider is unavailable",
        "The identity provider does not answer, or not as OpenID Connect asks. Try again after `Retry-After`.")
}

extension Failure {
    public static let noSSOConnection = Failure(.ssoConnectionNotFound, "There is no connection with this id.")
}
