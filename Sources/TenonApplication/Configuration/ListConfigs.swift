public import TenonDomain

/// The entries of a namespace by key. Secrets are masked unless the caller asks for them and may see them;
/// each one shown writes an audit record.
public struct ListConfigs: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let prefix: ConfigKeyPrefix
        public let reveal: Bool
        public let page: PageRequest

        public init(namespace: NamespaceID, prefix: ConfigKeyPrefix, reveal: Bool, page: PageRequest) {
            self.namespace = namespace
            self.prefix = prefix
            self.reveal = reveal
            self.page = page
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer
    private let sealer: any ValueSealer

    public init(transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.sealer = sealer
    }

    /// Fails with `namespaceNotFound`; with `permissionDenied` where secrets are asked for without `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<ConfigView> {
        let scope = TenantScope(try caller.requireTenant())
        try authorizer.require(Self.permission, on: scope, as: caller)
        if input.reveal {
            try authorizer.require(GetConfig.permissionForSecrets, on: scope, as: caller)
        }
        let page = try await transactions.reads(for: caller).configuration.entries(
            in: input.namespace, prefix: input.prefix, input.page)
        let revealed = input.reveal ? page.items.filter(\.isSecret) : []
        if !revealed.isEmpty {
            try await transactions.write(for: caller) { work throws(Failure) in
                for entry in revealed { work.audit(entry.revealed(), .success) }
            }
        }
        var views: [ConfigView] = []
        views.reserveCapacity(page.items.count)
        for entry in page.items {
            let isShown = !entry.isSecret || input.reveal
            views.append(ConfigView(entry, value: isShown ? try await sealer.value(of: entry) : nil))
        }
        return Page(items: views, next: page.next, total: page.total)
    }
}
