public import TenonDomain

/// The history of an entry, newest version first; also of a deleted one. Secrets are masked unless the caller asks for
/// them and may see them; each one shown writes an audit record.
public struct ListConfigVersions: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let reveal: Bool
        public let page: PageRequest

        public init(namespace: NamespaceID, key: ConfigKey, reveal: Bool = false, page: PageRequest) {
            self.namespace = namespace
            self.key = key
            self.reveal = reveal
            self.page = page
        }
    }

    private let present: PresentConfigs

    public init(_ present: PresentConfigs) {
        self.present = present
    }

    /// Fails with `namespaceNotFound` or `configNotFound`; with `permissionDenied` where secrets are asked for without
    /// `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<ConfigView> {
        let scope = TenantScope(try caller.requireTenant())
        try present.authorizer.require(Self.permission, on: scope, as: caller)
        try present.requireSecrets(input.reveal, in: scope, as: caller)
        let page = try await present.transactions.reads(for: caller).configuration.versions(
            of: input.key, in: input.namespace, input.page)
        let views = try await present.views(of: page.items, reveal: input.reveal, for: caller)
        return Page(items: views, next: page.next, total: page.total)
    }
}
