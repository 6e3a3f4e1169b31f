public import TenonDomain

extension FailureCode {
    /// The server did not take the connection, or did not answer in time.
    public static let serverUnreachable = FailureCode(
        "server_unreachable", .unavailable, "The server cannot be reached",
        "No connection came about, or no answer in time.")
    /// The answer is not one of Tenon's.
    public static let unexpectedAnswer = FailureCode(
        "unexpected_answer", .bug, "The answer is not one of Tenon's",
        "What answers under this address is something else, or something between changes its answers.")
    /// There is nothing to sign requests in with.
    public static let notSignedIn = FailureCode(
        "not_signed_in", .unauthenticated, "Not signed in",
        "No session is kept for the server. Sign in.")
    /// The file with the credentials cannot be used as it is.
    public static let credentialsUnusable = FailureCode(
        "credentials_unusable", .denied, "The credentials cannot be used",
        "The file cannot be read or written, is no longer what was written, or is open to other users.")
}
