public import TenonDomain

/// Lists audit records, newest first.
public struct ListAuditRecords: Sendable {
    public static let permission = AuditReading.permission

    public struct Input: Sendable {
        /// Nil means the caller's own.
        public let tenant: TenantID?
        public let filter: AuditFilter
        public let page: PageRequest

        public init(tenant: TenantID? = nil, filter: AuditFilter = AuditFilter(), page: PageRequest = PageRequest()) {
            self.tenant = tenant
            self.filter = filter
            self.page = page
        }
    }

    private let reading: AuditReading
    private let sealer: any ValueSealer

    package init(reading: AuditReading, sealer: any ValueSealer) {
        self.reading = reading
        self.sealer = sealer
    }

    /// Fails with `permissionDenied`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Page<AuditView> {
        let access = try reading.access(to: input.tenant, as: caller)
        let page = try await access.log.records(input.filter, input.page)
        var views: [AuditView] = []
        for item in page.items {
            let content =
                access.opensContents ? try await sealer.content(of: item.record, charging: caller.budget) : nil
            views.append(AuditView(record: item.record, link: item.link, content: content))
        }
        return Page(items: views, next: page.next, total: page.total)
    }
}
