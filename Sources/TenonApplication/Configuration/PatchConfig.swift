public import TenonDomain

/// Changes some parts of an entry.
public struct PatchConfig: Sendable {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let key: ConfigKey
        public let patch: ConfigPatch
        public let precondition: Precondition
        public let comment: ChangeComment?

        public init(
            namespace: NamespaceID, key: ConfigKey, patch: ConfigPatch, if precondition: Precondition = .none,
            comment: ChangeComment? = nil
        ) {
            self.namespace = namespace
            self.key = key
            self.patch = patch
            self.precondition = precondition
            self.comment = comment
        }
    }

    let revise: ReviseConfigs

    /// A patch without effect creates no version. Fails with `namespaceNotFound`, `configNotFound`,
    /// `preconditionFailed` or `preconditionRequired`, and if the parts are not valid together. The output masks a
    /// secret's value.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> ConfigView {
        try await revise.one(
            ConfigEdit(input.key, .patch(input.patch), if: input.precondition), in: input.namespace,
            comment: input.comment, as: caller
        ).view
    }
}
