/// The purpose of a keyed digest; digests of one text for two purposes are unrelated.
public enum DigestPurpose: String, Sendable, CaseIterable {
    case email, username
    case tenantSlug = "tenant_slug"
    case cursor, idempotency
    case entityTag = "entity_tag"
    case passwordReset = "password_reset"
    case signInAttempt = "sign_in_attempt"
    case apiKey = "api_key"
    case ssoConnection = "sso_connection"
    case ssoLogin = "sso_login"
    /// Replaces a value in the audit log.
    case auditValue = "audit_value"
    /// Seals the keys that signed heads of audit chains.
    case auditKey = "audit_key"
}

/// Digests that only this installation can compute: blind indexes for lookups before a tenant is known, and seals on
/// data that clients return.
public protocol KeyedDigests: Sendable {
    /// HMAC-SHA-256 with a separate key for each purpose; 32 bytes.
    func digest(_ bytes: [UInt8], for purpose: DigestPurpose) -> [UInt8]
}

extension KeyedDigests {
    public func digest(_ text: String, for purpose: DigestPurpose) -> [UInt8] {
        digest(Array(text.utf8), for: purpose)
    }
}
