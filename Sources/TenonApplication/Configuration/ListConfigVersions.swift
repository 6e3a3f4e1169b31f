public import TenonDomain

/// Lists the history of an entry, newest version first, including a deleted entry. Secrets are masked unless the caller
/// requests them and may see them; each one shown writes an audit record.
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

    let present: PresentConfigs

    /// Fails with `namespaceNotFound` or `configNotFound`; with `permissionDenied` if secrets are requested without
    /// `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<ConfigView> {
        let store = try present.stores.for(caller).configuration
        let check = PermissionCheck(Self.permission, of: caller, by: present.authorizer)
        try await present.require(check, reveal: input.reveal, as: caller) { () throws(Failure) in
            try await store.newestVersion(of: input.key, in: input.namespace)
        }
        let page = try await check.page(
            input.page, sortKey: \.version.number.description, bytes: \.sealedCount
        ) { page throws(Failure) in try await store.versions(of: input.key, in: input.namespace, page) }
        let views = try await present.views(of: page.items, reveal: input.reveal, for: caller)
        return Page(items: views, next: page.next, total: page.total)
    }
}

extension ConfigStore {
    /// For a deleted entry the deletion. Fails with `namespaceNotFound` or `configNotFound`.
    func newestVersion(of key: ConfigKey, in namespace: NamespaceID) async throws(Failure) -> ConfigEntry {
        guard let newest = try await versions(of: key, in: namespace, PageRequest(limit: 1)).items.first else {
            throw .bug("An entry has no version")
        }
        return newest
    }
}
