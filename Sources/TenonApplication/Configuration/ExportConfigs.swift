public import TenonDomain

/// The entries of a namespace as a document, all at one revision. Secrets are masked unless the caller asks for them and
/// may see them; each one shown writes an audit record.
public struct ExportConfigs: Sendable {
    public static let permission = Permission.configsRead
    /// Entries in one document.
    public static let maximum = 50_000
    /// Entries read at a time.
    private static let page = 1000

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let filter: ConfigFilter
        public let format: ConfigFormat
        public let reveal: Bool
        public let resolve: Bool

        public init(
            namespace: NamespaceID, filter: ConfigFilter = ConfigFilter(), format: ConfigFormat,
            reveal: Bool = false, resolve: Bool = false
        ) {
            self.namespace = namespace
            self.filter = filter
            self.format = format
            self.reveal = reveal
            self.resolve = resolve
        }
    }

    private let present: PresentConfigs
    private let documents: ConfigDocuments

    public init(_ present: PresentConfigs, documents: ConfigDocuments) {
        self.present = present
        self.documents = documents
    }

    /// Fails with `namespaceNotFound`, `referenceUnresolved`, `tooManyConfigs`, and with `permissionDenied` where
    /// secrets are asked for without `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> [UInt8] {
        let scope = TenantScope(try caller.requireTenant())
        try present.authorizer.require(Self.permission, on: scope, as: caller)
        try present.requireSecrets(input.reveal, in: scope, as: caller)
        let store = try present.transactions.reads(for: caller).configuration
        let namespace = try await store.namespace(input.namespace)
        try input.filter.asOf?.check(namespace)
        var filter = input.filter
        // What changes meanwhile is not in it.
        filter.asOf = filter.asOf ?? .revision(namespace.revision)
        var entries: [JSONObject] = []
        var start = PageRequest.Start.first
        while true {
            let page = try await store.entries(in: input.namespace, filter, PageRequest(start, limit: Self.page))
            let views = try await present.views(
                of: page.items, reveal: input.reveal, resolvingIn: input.resolve ? namespace : nil, for: caller)
            entries += views.map(\.exported)
            guard let next = page.next else { break }
            guard entries.count < Self.maximum else {
                throw Failure(
                    .tooManyConfigs, "A document has at most \(Self.maximum) entries: export by prefix or tag.")
            }
            start = .after(next)
        }
        var revision = namespace.revision
        if case .revision(let wanted)? = input.filter.asOf { revision = wanted }
        return documents.write(
            ConfigExport(namespace: namespace.name.text, revision: revision, entries: entries), as: input.format)
    }
}

extension ConfigView {
    fileprivate var exported: JSONObject {
        let properties = entry.version.properties
        var members = JSONObject()
        members["key"] = .string(entry.key.text)
        if let value { members["value"] = value } else { members["masked"] = true }
        members["value_type"] = .string(properties.valueType.rawValue)
        members["validation_schema"] = properties.schema.json
        members["description"] = properties.description.map { .string($0.text) }
        members["is_secret"] = properties.isSecret ? true : nil
        members["tags"] =
            properties.tags.texts.isEmpty ? nil : .array(properties.tags.texts.map { .string($0) })
        return members
    }
}
