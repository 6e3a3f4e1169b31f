public import TenonDomain

extension FailureCode {
    /// The server refused the connection, or did not respond in time.
    public static let serverUnreachable = FailureCode(
        "server_unreachable", .unavailable, "The server cannot be reached",
        "The connection failed, or there was no response in time.")
    /// The response is not from Tenon.
    public static let unexpectedAnswer = FailureCode(
        "unexpected_answer", .bug, "The response is not from Tenon",
        "Another program responds at this address, or a proxy changes the responses.")
    /// There are no credentials for requests.
    public static let notSignedIn = FailureCode(
        "not_signed_in", .unauthenticated, "Not signed in",
        "No session is stored for the server. Sign in.")
    /// The credentials file cannot be used.
    public static let credentialsUnusable = FailureCode(
        "credentials_unusable", .denied, "The credentials cannot be used",
        "The file cannot be read or written, was changed, or is readable by other users.")
}
