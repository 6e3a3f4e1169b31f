internal import TenonDomain

/// `${config:key}` and `${config:namespace/key}`: other entries of the tenant.
struct ConfigReferenceResolver: ReferenceResolver {
    let kind = ConfigAddress.kind
    let stores: Reads<any HasConfiguration>
    let authorizer: any Authorizer
    let sealer: any ValueSealer

    func resolve(
        _ target: String, from namespace: Namespace, as caller: Caller
    ) async throws(Failure) -> ResolvedReference {
        let store = try stores.for(caller).configuration
        do throws(Failure) {
            guard let address = try? ConfigAddress(target, in: namespace.name) else {
                throw Failure(.configNotFound, "The key does not exist.")
            }
            let home =
                address.namespace == namespace.name ? namespace : try await store.namespace(named: address.namespace)
            let (entry, _) = try await store.entry(address.key, in: home.id)
            try authorizer.require(GetConfig.permission, on: entry, as: caller)
            guard let value = try await sealer.value(of: entry, charging: caller.budget) else {
                throw .bug("\(entry.id) has no value")
            }
            return ResolvedReference(
                value: value, secret: entry.isSecret ? entry : nil, reveal: entry.isSecret ? entry.revealed() : nil,
                namespace: home)
        } catch {
            guard error.code.kind == .notFound else { throw error }
            throw Failure(
                .referenceUnresolved, "\(Reference(kind: kind, target: target).text) refers to a missing entry.")
        }
    }
}
