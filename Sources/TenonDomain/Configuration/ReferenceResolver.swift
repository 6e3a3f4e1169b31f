public import TenonKit

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
    /// Nil where it is no secret. Else what the permission to see it is asked on; whoever puts it in place of the reference
    /// has a secret too.
    public let secret: (any Protected)?
    /// What is written to the audit log where the value is shown.
    public let reveal: DomainEvent?
    /// Where the value stands, if it may hold references itself.
    public let namespace: Namespace?

    public init(value: JSONValue, secret: (any Protected)?, reveal: DomainEvent?, namespace: Namespace? = nil) {
        self.value = value
        self.secret = secret
        self.reveal = reveal
        self.namespace = namespace
    }
}
