/// Answers references of one kind. Contexts that have something to refer to bring their own.
public protocol ReferenceResolver: Sendable {
    /// What stands before the colon.
    var kind: String { get }

    /// `namespace` is where the reference stands. Fails with `referenceUnresolved` where it leads nowhere, and with
    /// `permissionDenied` where the caller may not see what it leads to at all.
    func resolve(
        _ target: String, from namespace: Namespace, as caller: Caller
    ) async throws(Failure) -> ResolvedReference
}

/// What a reference stands for.
public struct ResolvedReference: Sendable {
    public let value: JSONValue
    /// Whoever puts it in place of the reference has a secret too.
    public let isSecret: Bool
    /// What is written to the audit log where the value is shown.
    public let reveal: DomainEvent?
    /// Where the value stands, if it may hold references itself.
    public let namespace: Namespace?

    public init(value: JSONValue, isSecret: Bool, reveal: DomainEvent?, namespace: Namespace? = nil) {
        self.value = value
        self.isSecret = isSecret
        self.reveal = reveal
        self.namespace = namespace
    }
}
