public import TenonDomain

/// Restores the value of an older version of an entry, with the current type and rules.
public struct RollBackConfig: JoinsTransaction {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let version: Int64
        public let precondition: Precondition
        public let comment: ChangeComment?

        public init(
            namespace: NamespaceID, key: ConfigKey, version: Int64, if precondition: Precondition = .none,
            comment: ChangeComment? = nil
        ) {
            self.namespace = namespace
            self.key = key
            self.version = version
            self.precondition = precondition
            self.comment = comment
        }
    }

    let revise: ReviseConfigs

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction))
    }

    /// Fails with `namespaceNotFound`, `configNotFound`, `configVersionNotFound`, `preconditionFailed` or
    /// `preconditionRequired`, and with the violations of the current rules by the old value. The output masks a
    /// secret's value.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        try await revise.one(
            ConfigEdit(input.key, .rollBack(to: input.version), if: input.precondition), in: input.namespace,
            comment: input.comment,
            as: caller
        ).view
    }
}
