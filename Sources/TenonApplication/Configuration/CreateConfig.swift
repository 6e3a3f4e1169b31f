public import TenonDomain

/// Stores a new entry with its first value.
public struct CreateConfig: Sendable {
    public static let permission = Permission.configsWrite

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let draft: ConfigDraft

        public init(namespace: NamespaceID, draft: ConfigDraft) {
            self.namespace = namespace
            self.draft = draft
        }
    }

    private let transactions: any Transactions
    private let authorizer: any Authorizer
    private let sealer: any ValueSealer
    private let identifiers: Identifiers
    private let clock: any WallClock

    public init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer,
        identifiers: Identifiers, clock: any WallClock
    ) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.sealer = sealer
        self.identifiers = identifiers
        self.clock = clock
    }

    /// Fails with `namespaceNotFound` or `configKeyTaken`. The answer masks a secret's value.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        let tenant = try caller.requireTenant()
        let id: ConfigID = identifiers.next()
        let versionID: ConfigVersionID = identifiers.next()
        let place = ConfigEntry.sealPlace(of: versionID, in: tenant)
        let now = clock.now()
        let entry = try await transactions.write(for: caller) { work throws(Failure) in
            let namespace = try await work.configuration.namespace(input.namespace)
            try authorizer.require(Self.permission, on: namespace, as: caller)
            let sealed = try await sealer.seal(input.draft.value.plaintext, at: place)
            let (entry, created) = namespace.newEntry(
                id: id, input.draft, sealed: sealed, version: versionID, by: caller.subject, at: now)
            try await work.configuration.add(entry)
            work.record(created)
            return entry
        }
        return ConfigView(entry, value: entry.isSecret ? nil : input.draft.value.json)
    }
}
