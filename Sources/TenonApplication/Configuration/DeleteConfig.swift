public import TenonDomain

/// Deletes an entry; its history stays, and it can be restored.
public struct DeleteConfig: Sendable {
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

    /// Fails with `namespaceNotFound`, `configNotFound`, `preconditionFailed` or `preconditionRequired`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        try await revise.one(
            ConfigEdit(input.key, .delete, if: input.precondition), in: input.namespace, comment: input.comment,
            as: caller
        ).view
    }
}
