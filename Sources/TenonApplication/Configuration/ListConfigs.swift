public import TenonDomain

/// Lists the entries of a namespace that the caller may read, by key. Secrets are masked unless the caller requests
/// them and may see them; each one shown writes an audit record.
public struct ListConfigs: Sendable {
    public static let permission = Permission.configsRead

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let filter: ConfigFilter
        public let reveal: Bool
        public let resolve: Bool
        public let page: PageRequest

        public init(
            namespace: NamespaceID, filter: ConfigFilter, reveal: Bool = false, resolve: Bool = false,
            page: PageRequest
        ) {
            self.namespace = namespace
            self.filter = filter
            self.reveal = reveal
            self.resolve = resolve
            self.page = page
        }
    }

    let present: PresentConfigs

    /// An entry whose references do not resolve reports it. Fails with `namespaceNotFound`; with `permissionDenied` if
    /// secrets are requested without `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<ConfigView> {
        let store = try present.stores.for(caller).configuration
        let check = PermissionCheck(Self.permission, of: caller, by: present.authorizer)
        var namespace: Namespace?
        if input.resolve || input.filter.asOf != nil { namespace = try await store.namespace(input.namespace) }
        let known = namespace
        try await present.require(check, reveal: input.reveal, as: caller) { () throws(Failure) in
            if let known { return known }
            return try await store.namespace(input.namespace)
        }
        if let namespace, let moment = input.filter.asOf { try moment.check(namespace) }
        let page = try await check.page(input.page, sortKey: \.key.text, bytes: \.sealedCount) { page throws(Failure) in
            try await store.entries(in: input.namespace, input.filter, page)
        }
        let views = try await present.views(
            of: page.items, reveal: input.reveal, resolvingIn: input.resolve ? namespace : nil,
            keepsBroken: true, for: caller)
        return Page(items: views, next: page.next, total: page.total)
    }
}
