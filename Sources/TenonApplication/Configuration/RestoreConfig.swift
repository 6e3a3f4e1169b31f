public import TenonDomain

/// Restores a deleted entry.
public struct RestoreConfig: JoinsTransaction {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let precondition: Precondition
        public let comment: ChangeComment?

        public init(
            namespace: NamespaceID, key: ConfigKey, if precondition: Precondition = .none,
            comment: ChangeComment? = nil
        ) {
            self.namespace = namespace
            self.key = key
            self.precondition = precondition
            self.comment = comment
        }
    }

    let revise: ReviseConfigs

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction))
    }

    /// Fails with `namespaceNotFound`, `configNotFound`, `configNotDeleted`, `preconditionFailed` or
    /// `preconditionRequired`. The output masks a secret's value.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        try await revise.one(
            ConfigEdit(input.key, .restore, if: input.precondition), in: input.namespace, comment: input.comment,
            as: caller
        ).view
    }
}
