extension FailureCode {
    public static let invalidAPIKey = FailureCode(
        "invalid_api_key", .unauthenticated, "The API key is not valid",
        "The key is mistyped, unknown, ended, disabled, or may not be used from here or without a signature. Which of "
            + "these it is stands in the tenant's audit log alone.")
    public static let invalidSignature = FailureCode(
        "invalid_signature", .unauthenticated, "The request's signature is not valid",
        "The signature (RFC 9421) does not fit the request and the key, is too old, or does not cover enough. `detail` "
            + "says what a signature must be.")
    public static let signatureReplayed = FailureCode(
        "signature_replayed", .unauthenticated, "The signature was used before",
        "A signature is good for one request. Sign again, with a fresh `nonce` where requests follow within a second.")
    public static let contentDigestMismatch = FailureCode(
        "content_digest_mismatch", .unauthenticated, "The body is not the one that was signed",
        "The body needs a `Content-Digest` (RFC 9530) of sha-256 or sha-512 that the signature covers and that fits it."
    )
    public static let apiKeyNotFound = FailureCode(
        "api_key_not_found", .notFound, "No such API key", "There is no such API key, or it is another tenant's.")
    public static let apiKeyRotating = FailureCode(
        "api_key_rotating", .conflict, "The key has two live secrets already",
        "The secret before the newest one still lives. Wait until `ends_at`, or rotate with `overlap_seconds` 0, which "
            + "ends all older secrets at once.")
}

extension Failure {
    public static let noAPIKey = Failure(.apiKeyNotFound, "There is no such API key.")

    /// One answer for every reason, so that it tells nothing about keys.
    public static var invalidAPIKey: Failure {
        Failure(.invalidAPIKey, "This API key is not valid here.")
    }

    /// Without a detail one answer for every reason that has to do with keys.
    public static func invalidSignature(
        _ detail: String = "The signature does not fit the request and the key."
    ) -> Failure {
        Failure(.invalidSignature, detail)
    }
}

extension FailureCode {
    /// What an operation can fail with that takes API keys and signatures, before it does anything.
    public static let ofPrograms: [FailureCode] = [
        .invalidAPIKey, .invalidSignature, .signatureReplayed, .contentDigestMismatch,
    ]
}
