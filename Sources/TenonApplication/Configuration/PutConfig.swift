public import TenonDomain

/// Creates or replaces an entry.
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

    /// A replacement without effect creates no version. Fails with `namespaceNotFound`, `preconditionFailed` or
    /// `preconditionRequired`. The output masks a secret's value.
    public func execute(
        _ input: Input, as caller: Caller
    ) async throws(Failure) -> (view: ConfigView, isNew: Bool) {
        let outcome = try await revise.one(
            ConfigEdit(input.key, .put(input.draft), if: input.precondition), in: input.namespace,
            comment: input.comment, as: caller)
        return (outcome.view, outcome.before == nil)
    }
}
