extension EventKind {
    public static let apiKeyCreated = EventKind("identity.api_key_created")
    public static let apiKeyUpdated = EventKind("identity.api_key_updated")
    public static let apiKeyRotated = EventKind("identity.api_key_rotated")
    public static let apiKeyRevoked = EventKind("identity.api_key_revoked")
    /// A refused use; only for the audit log.
    public static let apiKeyRefused = EventKind("identity.api_key_refused")
}
