public import TenonDomain

/// Gets an entry with its value.
public struct GetConfig: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        /// Nil means the current version.
        public let version: ConfigVersionChoice?
        /// False always masks a secret's value.
        public let reveal: Bool
        /// Whether references are resolved.
        public let resolve: Bool
        /// Whether to bypass this process's cache.
        public let isFresh: Bool

        public init(
            namespace: NamespaceID, key: ConfigKey, version: ConfigVersionChoice? = nil, reveal: Bool = true,
            resolve: Bool = false, isFresh: Bool = false
        ) {
            self.namespace = namespace
            self.key = key
            self.version = version
            self.reveal = reveal
            self.resolve = resolve
            self.isFresh = isFresh
        }
    }

    let present: PresentConfigs
    let cache: ConfigCache

    /// Fails with `namespaceNotFound`, `configNotFound`, `configVersionNotFound` or `referenceUnresolved`. A secret's
    /// value is masked for a caller without `secrets:read`; showing it writes an audit record first.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        if let known = try await known(input, as: caller) { return known }
        let entry = try await entry(input, as: caller)
        try present.authorizer.require(Self.permission, on: entry, as: caller)
        guard entry.isSecret || input.resolve else {
            return ConfigView(entry, value: try await present.sealer.value(of: entry, charging: caller.budget))
        }
        var namespace: Namespace?
        if input.resolve {
            namespace = try await present.stores.for(caller).configuration.namespace(input.namespace)
        }
        return try await present.views(
            of: [entry], reveal: input.reveal, resolvingIn: namespace, for: caller)[0]
    }

    /// From the cache. A value that cannot be opened was sealed with another key since, and is read again.
    private func known(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView? {
        guard input.version == nil, !input.isFresh, !input.resolve,
            let entry = cache.entry(input.key, in: input.namespace, of: try caller.requireTenant()), !entry.isSecret
        else { return nil }
        try present.authorizer.require(Self.permission, on: entry, as: caller)
        guard let value = try? await present.sealer.value(of: entry) else { return nil }
        return ConfigView(entry, value: value)
    }

    private func entry(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigEntry {
        let store = try present.stores.for(caller).configuration
        if let version = input.version {
            if case .asOf(let moment) = version {
                try moment.check(try await store.namespace(input.namespace))
            }
            return try await store.entry(input.key, in: input.namespace, at: version)
        }
        let ticket = cache.ticket(for: input.namespace)
        let (entry, revision) = try await store.entry(input.key, in: input.namespace)
        if !entry.isSecret { cache.insert(entry, at: revision, ticket) }
        return entry
    }
}

extension ConfigMoment {
    /// Fails for a future revision; a future time means now.
    func check(_ namespace: Namespace) throws(Failure) {
        if case .revision(let revision) = self, revision > namespace.revision {
            throw .invalid("unknown_revision", "The namespace is at revision \(namespace.revision).", at: "?as_of")
        }
    }
}
