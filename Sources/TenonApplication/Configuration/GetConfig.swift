public import TenonDomain

/// One entry with its value.
public struct GetConfig: Sendable {
    public static let permission = Permission.configsRead
    /// What it takes, on top, to see a secret's value.
    public static let permissionForSecrets = Permission.secretsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        /// False masks a secret's value whoever asks.
        public let reveal: Bool

        public init(namespace: NamespaceID, key: ConfigKey, reveal: Bool = true) {
            self.namespace = namespace
            self.key = key
            self.reveal = reveal
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

    /// Fails with `namespaceNotFound` or `configNotFound`. A secret's value is masked for a caller without
    /// `secrets:read`; showing it writes an audit record first.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        let entry = try await transactions.reads(for: caller).configuration.entry(input.key, in: input.namespace)
        try authorizer.require(Self.permission, on: entry, as: caller)
        if entry.isSecret {
            guard input.reveal, authorizer.allows(Self.permissionForSecrets, for: caller.principal) else {
                return ConfigView(entry, value: nil)
            }
            try await transactions.write(for: caller) { work throws(Failure) in
                work.audit(entry.revealed(), .success)
            }
        }
        return ConfigView(entry, value: try await sealer.value(of: entry))
    }
}
