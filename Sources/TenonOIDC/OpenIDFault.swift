internal import TenonDomain

/// Why a provider, or what it says, is not accepted; whoever called learns which of the two failures it is, the log the
/// rest.
enum OpenIDFault: Error, Equatable {
    // The provider is gone, or makes no sense.
    case unreachable(String)
    /// No connection came about, so nothing was sent.
    case unconnected(String)
    case tooSlow
    case tooLong
    /// Too many lookups run already: nobody knows what the provider would have said.
    case busy
    case addressRefused(String)
    case status(Int)
    case noDocument(String)
    case otherIssuer(String)
    case noKeys

    // The login is not proved.
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
                .identityProviderUnavailable, "The identity provider does not answer as it should.",
                retryAfter: .seconds(5), cause: self)
        case .refusedCode(let error):
            Failure(.ssoRefused, "The identity provider refused the code: \(error).", cause: self)
        case .wrongResponseIssuer, .malformedToken, .algorithmRefused, .unknownKey, .wrongSignature, .wrongClaim:
            Failure(.ssoRefused, "What the identity provider answered does not prove who signed in.", cause: self)
        }
    }
}
