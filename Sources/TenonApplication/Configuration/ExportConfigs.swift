public import TenonDomain
internal import TenonKit

/// Exports the entries of a namespace that the caller may read as a document, all at one revision. Secrets are masked
/// unless the caller requests them and may see them; each one shown writes an audit record.
public struct ExportConfigs: Sendable {
    public static let permission = Permission.configsRead
    /// The maximum bytes of values and their rules in one document.
    private static let maxBytes = 24 << 20

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

    let present: PresentConfigs
    let documents: ConfigDocuments

    /// Fails with `namespaceNotFound`, `referenceUnresolved`, `tooManyConfigs`, and with `permissionDenied` if secrets
    /// are requested without `secrets:read`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> [UInt8] {
        let check = PermissionCheck(Self.permission, of: caller, by: present.authorizer)
        let store = try present.stores.for(caller).configuration
        let namespace = try await store.namespace(input.namespace)
        try await present.require(check, reveal: input.reveal, as: caller) { namespace }
        try input.filter.asOf?.check(namespace)
        // Concurrent changes are not included.
        var filter = input.filter
        filter.asOf = input.filter.asOf.map { $0.settled(namespace) } ?? .revision(namespace.revision)
        var views: [ConfigView] = []
        var bytes = 0
        var start: PageRequest.Start? = .first
        while let next = start {
            let page = try await store.entries(
                in: input.namespace, filter, PageRequest(next, limit: PageRequest.maxLimit))
            let shown = try await present.views(
                of: try check.passing(page.items), reveal: input.reveal,
                resolvingIn: input.resolve ? namespace : nil, for: caller)
            views += shown
            // A value with resolved references can be larger than the stored one, and rules larger than their value.
            let size = shown.reduce(0) { $0 + $1.size }
            bytes += size
            guard views.count <= ConfigDocuments.maxItems, bytes <= Self.maxBytes else { throw Self.tooMany }
            try caller.budget.hold(size)
            start = page.next.map { .after($0) }
        }
        try caller.budget.spend(100 * views.count + bytes / 2)
        return documents.write(
            ConfigExport(
                namespace: namespace.name.text, revision: filter.revision(of: views), entries: views.map(\.exported)),
            as: input.format)
    }

    private static let tooMany = Failure(
        .tooManyConfigs,
        "A document can have at most \(ConfigDocuments.maxItems) entries and \(maxBytes) bytes; export by prefix or tag."
    )
}

extension ConfigMoment {
    /// A future time means now.
    fileprivate func settled(_ namespace: Namespace) -> ConfigMoment {
        if case .time(let time) = self, time >= namespace.updatedAt { .revision(namespace.revision) } else { self }
    }
}

extension ConfigFilter {
    /// The revision of the entries: the requested one, or the newest among them.
    fileprivate func revision(of views: [ConfigView]) -> Int64 {
        if case .revision(let revision)? = asOf { return revision }
        return views.map(\.entry.version.position.revision).max() ?? 0
    }
}

extension ConfigView {
    fileprivate var size: Int {
        (value?.approximateLength ?? 0) + (entry.version.properties.schema.json?.approximateLength ?? 0)
    }

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
