public import TenonDomain

/// Shows entries to a caller: opens values, puts references in, masks what the caller is not to see, and writes down
/// which secrets it was shown.
public struct PresentConfigs: Sendable {
    /// What it takes to see a secret's value.
    public static let permissionForSecrets = Permission.secretsRead

    let transactions: any Transactions
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    private let resolvers: [any ReferenceResolver]

    public init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer,
        resolvers: [any ReferenceResolver]
    ) {
        self.transactions = transactions
        self.authorizer = authorizer
        self.sealer = sealer
        self.resolvers = resolvers
    }

    /// `reveal` asks for secrets; a caller that may not see them gets them masked all the same. With `resolvingIn`,
    /// the namespace of the entries, references are put in; fails with `referenceUnresolved` then.
    func views(
        of entries: [ConfigEntry], reveal: Bool, resolvingIn namespace: Namespace? = nil, for caller: Caller
    ) async throws(Failure) -> [ConfigView] {
        let showsSecrets = reveal && authorizer.allows(Self.permissionForSecrets, for: caller)
        var views: [ConfigView] = []
        views.reserveCapacity(entries.count)
        // Each version of a secret once, however often it stands in the answer.
        var reveals: [Reveal: DomainEvent] = [:]
        var references = ResolveReferences(resolvers, for: caller, showsSecrets: showsSecrets)
        for entry in entries {
            guard !entry.isSecret || showsSecrets else {
                views.append(ConfigView(entry, value: nil))
                continue
            }
            var value = try await sealer.value(of: entry)
            if let namespace, let raw = value {
                let resolution = try await resolve(raw, of: entry, from: namespace, &references)
                value = resolution?.value
                for event in resolution?.reveals ?? [] { reveals[Reveal(event)] = event }
            }
            if entry.isSecret, value != nil { reveals[Reveal(entry.revealed())] = entry.revealed() }
            views.append(ConfigView(entry, value: value))
        }
        if !reveals.isEmpty {
            let events = reveals.values.sorted { $0.resource.id < $1.resource.id }
            try await transactions.write(for: caller) { work throws(Failure) in
                for event in events { work.audit(event, .success) }
            }
        }
        return views
    }

    /// One of many that does not resolve is named.
    private func resolve(
        _ value: JSONValue, of entry: ConfigEntry, from namespace: Namespace, _ references: inout ResolveReferences
    ) async throws(Failure) -> ResolveReferences.Resolution? {
        do throws(Failure) {
            return try await references.resolve(value, as: entry.version.properties.valueType, from: namespace)
        } catch {
            guard error.code == .referenceUnresolved else { throw error }
            throw Failure(.referenceUnresolved, "\(entry.key.text): \(error.detail)")
        }
    }

    /// Fails with `permissionDenied` where secrets are asked for by somebody who may not see them.
    func requireSecrets(_ reveal: Bool, in scope: TenantScope, as caller: Caller) throws(Failure) {
        if reveal { try authorizer.require(Self.permissionForSecrets, on: scope, as: caller) }
    }
}

/// What was shown: one version of one secret.
private struct Reveal: Hashable {
    let resource: ResourceReference
    let version: JSONValue?

    init(_ event: DomainEvent) {
        resource = event.resource
        version = event.details["version"]
    }
}
