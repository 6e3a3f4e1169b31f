internal import TenonDomain
internal import TenonKit

/// Shows entries to a caller: opens values, resolves references, masks values that the caller may not see, and records
/// shown secrets in the audit log.
struct PresentConfigs: Sendable {
    /// The permission to see a secret's value.
    static let permissionForSecrets = Permission.secretsRead

    let stores: Reads<any HasConfiguration>
    let transactions: Writes<any RecordsEvents>
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    let resolvers: [any ReferenceResolver]

    /// `reveal` requests secrets; they stay masked for a caller who may not see them. With `resolvingIn`, the namespace
    /// of the entries, references are resolved. An entry whose references do not resolve reports it if `keepsBroken`;
    /// else everything fails with `referenceUnresolved`.
    func views(
        of entries: [ConfigEntry], reveal: Bool, resolvingIn namespace: Namespace? = nil, keepsBroken: Bool = false,
        for caller: Caller
    ) async throws(Failure) -> [ConfigView] {
        let sight = reveal ? sight(of: caller) : nil
        var views: [ConfigView] = []
        views.reserveCapacity(entries.count)
        // Each version of a secret once, even if it occurs repeatedly in the output.
        var reveals: [Reveal: DomainEvent] = [:]
        var references = ResolveReferences(resolvers, for: caller, sight: sight)
        for entry in entries {
            if entry.isSecret, try sight?.passes(entry) != true {
                views.append(ConfigView(entry, value: nil))
                continue
            }
            var value = try await sealer.value(of: entry, charging: caller.budget)
            if let namespace, let raw = value {
                do throws(Failure) {
                    value = try await resolve(raw, of: entry, from: namespace, &references)
                } catch {
                    guard keepsBroken, [.referenceUnresolved, .permissionDenied].contains(error.code) else {
                        throw error
                    }
                    views.append(ConfigView(entry, value: nil, unresolved: error.detail))
                    continue
                }
            }
            if entry.isSecret, value != nil { reveals[Reveal(entry.revealed())] = entry.revealed() }
            views.append(ConfigView(entry, value: value))
        }
        for event in references.reveals { reveals[Reveal(event)] = event }
        if !reveals.isEmpty {
            let events = reveals.values.sorted { $0.resource.id < $1.resource.id }
            try await transactions.write(for: caller) { work throws(Failure) in
                for event in events { work.audit(event, .success) }
            }
        }
        return views
    }

    /// An unresolved one of many is named.
    private func resolve(
        _ value: JSONValue, of entry: ConfigEntry, from namespace: Namespace, _ references: inout ResolveReferences
    ) async throws(Failure) -> JSONValue? {
        do throws(Failure) {
            return try await references.resolve(value, as: entry.version.properties.valueType, from: namespace)
        } catch {
            guard error.code == .referenceUnresolved else { throw error }
            throw Failure(.referenceUnresolved, "\(entry.key.text): \(error.detail)")
        }
    }

    /// The secrets that the caller may see.
    func sight(of caller: Caller) -> PermissionCheck {
        PermissionCheck(Self.permissionForSecrets, of: caller, by: authorizer)
    }

    /// Passes if the caller may read the resource and, if requested, see secrets in it; else fails with
    /// `permissionDenied`. The resource is read only if a rule may depend on it.
    func require(
        _ permission: PermissionCheck, reveal: Bool, as caller: Caller,
        on resource: () async throws(Failure) -> some Protected
    ) async throws(Failure) {
        let sight = reveal ? sight(of: caller) : nil
        guard !permission.isUnconditional || sight?.isUnconditional == false else { return }
        let resource = try await resource()
        try permission.require(on: resource)
        try sight?.require(on: resource)
    }
}

/// One shown version of a secret.
private struct Reveal: Hashable {
    let resource: ResourceReference
    let version: JSONValue?

    init(_ event: DomainEvent) {
        resource = event.resource
        version = event.details["version"]
    }
}
