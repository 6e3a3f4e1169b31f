internal import Synchronization
public import TenonDomain

/// Makes records that were written since into links of their tenants' chains, and signs how far each has come. Writers
/// do not wait for it, nor for one another.
public final class LinkAuditRecords: Sendable {
    static let batch = 1000
    static let places = 100

    private let chain: any AuditChain
    private let signer: any ReceiptSigner & TokenSigner
    private let digests: any KeyedDigests
    private let hashing: any ChainHash
    private let clock: any WallClock
    /// The ids of the keys that this process knows to be kept.
    private let kept = Mutex<Set<String>>([])

    public init(
        chain: any AuditChain, signer: any ReceiptSigner & TokenSigner, digests: any KeyedDigests,
        hashing: any ChainHash, clock: any WallClock
    ) {
        self.chain = chain
        self.signer = signer
        self.digests = digests
        self.hashing = hashing
        self.clock = clock
    }

    /// Goes on until nothing waits, or what waits is somebody else's work; answers how many links were made. A database
    /// that does not answer holds up no other one's chains: what is in its way is thrown when they are done.
    public func execute() async throws(Failure) -> Int {
        var made = 0
        var failure: Failure?
        while true {
            let places = try await chain.waiting(limit: Self.places)
            var round = 0
            for place in places {
                do throws(Failure) {
                    round += try await extend(place)
                } catch {
                    if error.code == .cancelled { throw error }
                    failure = failure ?? error
                }
            }
            made += round
            if round == 0 { break }
        }
        if let failure { throw failure }
        return made
    }

    private func extend(_ place: AuditChainPlace) async throws(Failure) -> Int {
        try await keepKeys()
        let tenant = place.tenant
        return try await chain.extend(place, limit: Self.batch) { last, records throws(Failure) in
            var check = AuditChainCheck(
                of: tenant, after: last?.sequence ?? 0, hash: last?.hash ?? AuditLink.genesis, hashing: hashing)
            let links = records.map { check.link($0) }
            let now = clock.now()
            let statement = AuditHead.statement(
                tenant: tenant, sequence: check.sequence, hash: check.hash, madeAt: now)
            return AuditExtension(
                links: links,
                head: AuditHead(
                    tenant: tenant, sequence: check.sequence, hash: check.hash, madeAt: now,
                    signed: try signer.sign(statement, type: AuditHead.type)))
        } ?? 0
    }

    /// Before the first head that one of them signs.
    private func keepKeys() async throws(Failure) {
        for key in signer.publicKeys() where !kept.withLock({ $0.contains(key.keyID) }) {
            try await chain.addIfAbsent(AuditKey(key, sealedBy: digests))
            _ = kept.withLock { $0.insert(key.keyID) }
        }
    }
}
