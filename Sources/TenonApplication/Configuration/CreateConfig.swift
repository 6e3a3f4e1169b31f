public import TenonDomain

/// Creates an entry.
public struct CreateConfig: JoinsTransaction {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let draft: ConfigDraft
        public let comment: ChangeComment?

        public init(namespace: NamespaceID, key: ConfigKey, draft: ConfigDraft, comment: ChangeComment? = nil) {
            self.namespace = namespace
            self.key = key
            self.draft = draft
            self.comment = comment
        }
    }

    let revise: ReviseConfigs

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction))
    }

    /// A deleted key is created again and keeps its history. Fails with `namespaceNotFound` or `configKeyTaken`. The
    /// output masks a secret's value.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        try await revise.one(
            ConfigEdit(input.key, .create(input.draft)), in: input.namespace, comment: input.comment, as: caller
        ).view
    }
}
