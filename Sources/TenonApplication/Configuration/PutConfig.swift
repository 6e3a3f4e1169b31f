public import TenonDomain

/// Stores an entry as it is given, whether the key is there or not.
public struct PutConfig: Sendable {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let draft: ConfigDraft
        public let precondition: Precondition
        public let comment: ChangeComment?

        public init(
            namespace: NamespaceID, key: ConfigKey, draft: ConfigDraft, if precondition: Precondition = .none,
            comment: ChangeComment? = nil
        ) {
            self.namespace = namespace
            self.key = key
            self.draft = draft
            self.precondition = precondition
            self.comment = comment
        }
    }

    let revise: ReviseConfigs

    /// What is the same already makes no version. Fails with `namespaceNotFound`, `preconditionFailed` or
    /// `preconditionRequired`. The answer masks a secret's value.
    public func execute(
        _ input: Input, as caller: Caller
    ) async throws(Failure) -> (view: ConfigView, isNew: Bool) {
        let outcome = try await revise.one(
            ConfigEdit(input.key, .put(input.draft), if: input.precondition), in: input.namespace,
            comment: input.comment, as: caller)
        return (outcome.view, outcome.before == nil)
    }
}
