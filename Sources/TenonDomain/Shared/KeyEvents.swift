extension EventKind {
    public static let dataKeyAdded = EventKind("keys.data_key_added")
    public static let dataKeysRemoved = EventKind("keys.data_keys_removed")
    public static let dataKeysDestroyed = EventKind("keys.data_keys_destroyed")
    public static let dataKeysRewrapped = EventKind("keys.data_keys_rewrapped")
    public static let signingKeyPublished = EventKind("keys.signing_key_published")
    public static let signingKeyActivated = EventKind("keys.signing_key_activated")
    public static let signingKeyRemoved = EventKind("keys.signing_key_removed")
}

extension ResourceReference {
    public static func signingKey(_ keyID: String) -> Self { Self(kind: "signing_key", id: keyID) }
}

extension FailureCode {
    public static let tenantKeyDestroyed = FailureCode(
        "tenant_key_destroyed", .conflict, "The tenant's key was destroyed",
        "The operator destroyed the keys of the tenant's values. The values can never be read again, and no "
            + "new ones can be stored.")
}

extension ContextDeclaration {
    /// The installation's and tenants' keys, which every context uses.
    static let keys = ContextDeclaration(
        "keys",
        events: [
            .dataKeyAdded, .dataKeysRemoved, .dataKeysDestroyed, .dataKeysRewrapped, .signingKeyPublished,
            .signingKeyActivated, .signingKeyRemoved,
        ])
}
