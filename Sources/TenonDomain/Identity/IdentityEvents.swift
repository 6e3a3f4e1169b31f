extension EventKind {
    public static let tenantRegistered = EventKind("identity.tenant_registered")
    public static let userRegistered = EventKind("identity.user_registered")
    public static let userChanged = EventKind("identity.user_changed")
    public static let userRemoved = EventKind("identity.user_removed")
    public static let passwordChanged = EventKind("identity.password_changed")
    public static let passwordResetRequested = EventKind("identity.password_reset_requested")
    public static let passwordResetIssued = EventKind("identity.password_reset_issued")
    public static let sessionBegun = EventKind("identity.session_begun")
    public static let sessionsEnded = EventKind("identity.sessions_ended")
    public static let sessionEnded = EventKind("identity.session_ended")
    public static let signInRefused = EventKind("identity.sign_in_refused")
    public static let refreshRefused = EventKind("identity.refresh_refused")
    public static let passwordResetRefused = EventKind("identity.password_reset_refused")
}

extension ResourceReference {
    public static func tenant(_ id: TenantID) -> Self { Self(kind: "tenant", id: id.description) }
    public static func user(_ id: UserID) -> Self { Self(kind: "user", id: id.description) }
    public static func apiKey(_ id: APIKeyID) -> Self { Self(kind: "api_key", id: id.description) }
    public static func session(_ id: SessionID) -> Self { Self(kind: "session", id: id.description) }
}
