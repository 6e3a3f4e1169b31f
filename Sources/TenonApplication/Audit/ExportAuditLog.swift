public import TenonDomain

/// Exports a tenant's chain as lines that can be verified without the service: records with their positions, and signed
/// heads.
public struct ExportAuditLog: Sendable {
    public static let permission = AuditReading.permission
    public static let maxLimit = 1000

    public struct Input: Sendable {
        /// Nil means the caller's own.
        public let tenant: TenantID?
        /// The last link that the caller has; 0 for the beginning.
        public let after: Int64
        /// Number of links, 1 to 1,000.
        public let limit: Int

        public init(tenant: TenantID? = nil, after: Int64 = 0, limit: Int = maxLimit) {
            self.tenant = tenant
            self.after = after
            self.limit = limit
        }
    }

    private let reading: AuditReading
    private let sealer: any ValueSealer

    package init(reading: AuditReading, sealer: any ValueSealer) {
        self.reading = reading
        self.sealer = sealer
    }

    /// Newline-delimited JSON; empty after the last link. Fails with `permissionDenied`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> [UInt8] {
        let access = try reading.access(to: input.tenant, as: caller)
        let links = try await access.log.links(after: input.after, limit: input.limit)
        guard let last = links.last?.link.sequence else { return [] }
        var heads = try await access.log.heads(after: input.after, through: last)[...]
        var export = AuditExport()
        for linked in links {
            var content: [UInt8]?
            if access.opensContents, let record = linked.record {
                content = try await sealer.text(of: record, charging: caller.budget)
            }
            export.append(linked, content: content)
            while let head = heads.first, head.sequence <= linked.link.sequence {
                export.append(head)
                heads.removeFirst()
            }
        }
        return export.bytes
    }
}

/// Lists the keys that signed heads, to verify an export.
public struct ListAuditKeys: Sendable {
    public static let permission = AuditReading.permission

    private let reading: AuditReading

    package init(reading: AuditReading) {
        self.reading = reading
    }

    /// Fails with `permissionDenied`.
    public func execute(as caller: Caller) async throws(Failure) -> [PublicSigningKey] {
        try await reading.genuineKeys(of: try reading.access(to: nil, as: caller).log)
    }
}
