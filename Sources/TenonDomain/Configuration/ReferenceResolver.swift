public import TenonKit

/// Resolves references of one kind. Contexts with referable resources provide their own.
public protocol ReferenceResolver: Sendable {
    /// The text before the colon.
    var kind: String { get }

    /// `namespace` is the namespace of the reference. Fails with `referenceUnresolved` if the target does not exist,
    /// and with `permissionDenied` if the caller cannot see it at all.
    func resolve(
        _ target: String, from namespace: Namespace, as caller: Caller
    ) async throws(Failure) -> ResolvedReference
}

/// The value of a reference.
public struct ResolvedReference: Sendable {
    public let value: JSONValue
    /// Nil if it is not a secret. Else the resource for the permission to see it; a value that contains it is a secret
    /// too.
    public let secret: (any Protected)?
    /// The audit event for showing the value.
    public let reveal: DomainEvent?
    /// The namespace of the value, if it can contain references itself.
    public let namespace: Namespace?

    public init(value: JSONValue, secret: (any Protected)?, reveal: DomainEvent?, namespace: Namespace? = nil) {
        self.value = value
        self.secret = secret
        self.reveal = reveal
        self.namespace = namespace
    }
}
