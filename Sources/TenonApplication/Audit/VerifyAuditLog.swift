public import TenonDomain
internal import TenonKit

/// Recomputes a tenant's chain and compares it with the stored one, link by link.
public struct VerifyAuditLog: Sendable {
    public static let permission = AuditReading.permission
    /// The maximum time until a record gets its link.
    public static let linkingTime = Duration.seconds(60)
    /// The maximum number of links in one call.
    public static let maxLinks: Int64 = 50_000
    static let page = 1000
    /// The approximate cost of reading and recomputing a link.
    private static let stepsOfLink = 500

    public struct Input: Sendable {
        /// Nil means the caller's own.
        public let tenant: TenantID?
        /// The first link, from 1.
        public let from: Int64?
        /// The last one.
        public let to: Int64?

        public init(tenant: TenantID? = nil, from: Int64? = nil, to: Int64? = nil) {
            self.tenant = tenant
            self.from = from
            self.to = to
        }
    }

    public struct Output: Sendable {
        public let tenant: TenantID
        public let from: Int64
        /// The last valid link; `from` - 1 if none was checked.
        public let to: Int64
        /// The number of valid links.
        public let records: Int64
        /// The number of valid heads.
        public let heads: Int
        /// The first problem; nil if all is valid.
        public let finding: AuditFinding?
        /// The position to continue from; nil at the end, or after a problem.
        public let next: Int64?
        public let newestHead: AuditHead?

        public init(
            tenant: TenantID, from: Int64, to: Int64, records: Int64, heads: Int, finding: AuditFinding?,
            next: Int64?, newestHead: AuditHead?
        ) {
            self.tenant = tenant
            self.from = from
            self.to = to
            self.records = records
            self.heads = heads
            self.finding = finding
            self.next = next
            self.newestHead = newestHead
        }
    }

    private let reading: AuditReading
    private let hashing: any ChainHash
    private let clock: any WallClock
    private let receipts: @Sendable ([PublicSigningKey]) -> any ReceiptVerifier

    /// `receipts` verifies signatures.
    package init(
        reading: AuditReading, hashing: any ChainHash, clock: any WallClock,
        receipts: @escaping @Sendable ([PublicSigningKey]) -> any ReceiptVerifier
    ) {
        self.reading = reading
        self.hashing = hashing
        self.clock = clock
        self.receipts = receipts
    }

    /// Fails with `permissionDenied`, or with a violation if the chain ends before `from`. Problems of the log are part
    /// of the output.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        let access = try reading.access(to: input.tenant, as: caller)
        let log = access.log
        // Before the links: heads signed later may cover links that did not exist yet.
        let newest = try await log.newestHead()
        let moment = clock.now() - Self.linkingTime
        let from = max(1, input.from ?? 1)
        let last = min(input.to ?? .max, from - 1 + Self.maxLinks)
        var check = AuditChainCheck(of: access.tenant, hashing: hashing)
        var lastRecord: AuditRecordID?
        if from > 1 {
            let following = try await log.links(after: from - 2, limit: 1).first?.link
            guard let before = following, before.sequence == from - 1 else {
                if following == nil, newest.map({ $0.sequence < from - 1 }) ?? true {
                    let last = newest?.sequence ?? 0
                    throw .invalid("beyond_the_end", "The last signed record is number \(last).", at: "?from")
                }
                return Output(access.tenant, from, check, AuditFinding(.gap, at: from - 1), nil, newest)
            }
            check = AuditChainCheck(
                of: access.tenant, after: before.sequence, hash: before.hash, hashing: hashing)
            lastRecord = before.record
        }
        let receipts = receipts(try await reading.genuineKeys(of: log))
        while check.sequence < last {
            let limit = Int(min(Int64(Self.page), last - check.sequence))
            // One more shows whether this is the end. Heads are read after their links, so they cover existing links.
            let found = try await log.links(after: check.sequence, limit: limit + 1)
            let (links, isEnd) = (found.prefix(limit), found.count <= limit)
            try caller.budget.spend(Self.stepsOfLink * links.count)
            var finding = try await follow(links, log, receipts, &check)
            if isEnd, finding == nil {
                let isCut = newest.map { $0.sequence > check.sequence } ?? false
                finding = isCut ? AuditFinding(.missingTail, at: check.sequence + 1) : check.end()
            }
            if let finding { return Output(access.tenant, from, check, finding, nil, newest) }
            let largest = [lastRecord, links.map(\.link.record).max()].compactMap { $0 }.max()
            let unlinked = try await log.unlinked(
                after: lastRecord, through: isEnd ? nil : largest, olderThan: moment)
            if let unlinked {
                return Output(
                    access.tenant, from, check, AuditFinding(.unlinked, at: check.sequence, record: unlinked), nil,
                    newest)
            }
            lastRecord = largest
            if isEnd { return Output(access.tenant, from, check, nil, nil, newest) }
        }
        return Output(access.tenant, from, check, nil, check.sequence + 1, newest)
    }

    private func follow(
        _ links: ArraySlice<LinkedAuditRecord>, _ log: any AuditLog, _ receipts: any ReceiptVerifier,
        _ check: inout AuditChainCheck
    ) async throws(Failure) -> AuditFinding? {
        guard let last = links.last else { return nil }
        var heads = try await log.heads(after: check.sequence, through: last.link.sequence)[...]
        for linked in links {
            if let finding = check.follow(linked) { return finding }
            while let head = heads.first, head.sequence <= check.sequence {
                if let finding = check.meet(head, receipts) { return finding }
                heads.removeFirst()
            }
        }
        return nil
    }
}

extension VerifyAuditLog.Output {
    fileprivate init(
        _ tenant: TenantID, _ from: Int64, _ check: AuditChainCheck, _ finding: AuditFinding?, _ next: Int64?,
        _ newest: AuditHead?
    ) {
        self.init(
            tenant: tenant, from: from, to: max(check.sequence, from - 1),
            records: max(0, check.sequence - (from - 1)), heads: check.heads, finding: finding, next: next,
            newestHead: newest)
    }
}
