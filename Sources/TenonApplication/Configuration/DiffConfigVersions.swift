public import TenonDomain

/// Gets the difference of two versions of an entry.
public struct DiffConfigVersions: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        /// Nil means the version before `to`; before the first one the entry did not exist.
        public let from: Int64?
        /// Nil means the newest.
        public let to: Int64?

        public init(namespace: NamespaceID, key: ConfigKey, from: Int64? = nil, to: Int64? = nil) {
            self.namespace = namespace
            self.key = key
            self.from = from
            self.to = to
        }
    }

    public struct Output: Sendable, Equatable {
        public let key: ConfigKey
        public let from: Int64
        public let to: Int64
        public let difference: ConfigDifference

        public init(key: ConfigKey, from: Int64, to: Int64, difference: ConfigDifference) {
            self.key = key
            self.from = from
            self.to = to
            self.difference = difference
        }
    }

    let present: PresentConfigs

    /// Fails with `namespaceNotFound`, `configNotFound` or `configVersionNotFound`. Values of secrets are always
    /// masked.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        let new = try await view(input.to, input, as: caller)
        let to = new.entry.version.number
        let from = if let from = input.from { from } else { try await number(before: to, input, as: caller) }
        let old = from == 0 ? nil : try await view(from, input, as: caller)
        let sight = present.sight(of: caller)
        return Output(
            key: input.key, from: from, to: to,
            difference: try ConfigDifference(
                from: old, to: new, maySeeSecrets: try sight.shows(new.entry, and: old?.entry),
                charging: caller.budget))
    }

    /// 0 if there is no previous version. Numbers have gaps after a restored backup.
    private func number(before number: Int64, _ input: Input, as caller: Caller) async throws(Failure) -> Int64 {
        guard number > 1 else { return 0 }
        let store = try present.stores.for(caller).configuration
        let page = PageRequest(.after(String(number)), limit: 1)
        return try await store.versions(of: input.key, in: input.namespace, page).items.first?.version.number ?? 0
    }

    private func view(_ number: Int64?, _ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        let store = try present.stores.for(caller).configuration
        let entry: ConfigEntry
        if let number {
            entry = try await store.entry(input.key, in: input.namespace, at: .number(number))
        } else {
            entry = try await store.newestVersion(of: input.key, in: input.namespace)
        }
        try present.authorizer.require(Self.permission, on: entry, as: caller)
        return ConfigView(entry, value: try await present.sealer.value(of: entry, charging: caller.budget))
    }
}
