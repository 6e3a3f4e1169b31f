/// What a context brings, as far as the domain knows it. Other layers have values of their own for what they add.
public struct ContextDeclaration: Sendable {
    /// Singular, `snake_case`; the names of its events begin with it.
    public let name: String
    public let permissions: [Permission]
    /// Everything that can happen in it.
    public let events: [EventKind]

    init(_ name: String, permissions: [Permission] = [], events: [EventKind] = []) {
        self.name = name
        self.permissions = permissions
        self.events = events
    }

    /// Every context, in the order in which documentation lists its permissions.
    public static let all: [ContextDeclaration] = [.configuration, .identity, .access, .audit, .quotas, .keys]
}

extension Permission {
    /// All permissions.
    public static let all = ContextDeclaration.all.flatMap(\.permissions)
}

extension EventKind {
    /// Every kind of event there is.
    public static let all = ContextDeclaration.all.flatMap(\.events)
}
