internal import TenonDomain

/// Why a provider or its response is not accepted. The caller only sees which of the two failures it is; the log has
/// the reason.
enum OpenIDFault: Error, Equatable {
    // The provider is unreachable or invalid.
    case unreachable(String)
    /// There was no connection, so nothing was sent.
    case unconnected(String)
    case tooSlow
    case tooLong
    /// Too many lookups are running: the provider was not asked.
    case busy
    case addressRefused(String)
    case status(Int)
    case noDocument(String)
    case otherIssuer(String)
    case noKeys

    // The login is not proven.
    case refusedCode(String)
    case wrongResponseIssuer
    case malformedToken(String)
    case algorithmRefused(String)
    case unknownKey
    case wrongSignature
    case wrongClaim(String)

    var failure: Failure {
        switch self {
        case .unreachable, .unconnected, .tooSlow, .tooLong, .busy, .addressRefused, .status, .noDocument,
            .otherIssuer, .noKeys:
            Failure(
                .identityProviderUnavailable, "The identity provider is unreachable or its response is invalid.",
                retryAfter: .seconds(5), cause: self)
        case .refusedCode(let error):
            Failure(.ssoRefused, "The identity provider refused the code: \(error).", cause: self)
        case .wrongResponseIssuer, .malformedToken, .algorithmRefused, .unknownKey, .wrongSignature, .wrongClaim:
            Failure(.ssoRefused, "The identity provider's response does not prove the user's identity.", cause: self)
        }
    }
}
