internal import Synchronization
public import TenonDomain

/// Appends new audit records to their tenants' hash chains, and signs the head of each chain that grew. Writers do not
/// wait for this or for one another.
public final class LinkAuditRecords: Sendable {
    static let batch = 1000
    /// The maximum number of tenants of the shared database in one round.
    static let places = 10_000
    /// The number of tenants' own databases that are processed concurrently.
    private static let width = 4

    private let chain: any AuditChain
    private let signer: any ReceiptSigner & TokenSigner
    private let digests: any KeyedDigests
    private let hashing: any ChainHash
    private let clock: any WallClock
    /// The ids of the signing keys that are known to be stored.
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

    private typealias Outcome = Result<Int, Failure>

    /// Returns the number of new links. Repeats while a tenant fills a whole batch. Records written meanwhile wait for
    /// the next call, so that one head covers them all. An unreachable database does not delay the others; its error is
    /// thrown at the end.
    public func execute() async throws(Failure) -> Int {
        var made = 0
        var failure: Failure?
        var goesOn = true
        while goesOn {
            goesOn = false
            let places = try await chain.waiting(limit: Self.places)
            for outcome in await outcomes(places) {
                switch outcome {
                case .success(let count):
                    made += count
                    goesOn = goesOn || count >= Self.batch
                case .failure(let error):
                    if error.code == .cancelled { throw error }
                    failure = failure ?? error
                }
            }
        }
        if let failure { throw failure }
        return made
    }

    /// Processes a few tenants' own databases concurrently, because each may need a new connection; those in the shared
    /// database one after another.
    private func outcomes(_ places: [AuditChainPlace]) async -> [Outcome] {
        await withTaskGroup(of: [Outcome].self) { group in
            var all: [Outcome] = []
            let shared = places.filter { if case .shared = $0 { true } else { false } }
            let own = places.filter { if case .own = $0 { true } else { false } }
            group.addTask { await self.outcomes(inTurn: shared) }
            for (index, place) in own.enumerated() {
                if index >= Self.width, let next = await group.next() { all += next }
                group.addTask { await self.outcomes(inTurn: [place]) }
            }
            for await next in group { all += next }
            return all
        }
    }

    private func outcomes(inTurn places: [AuditChainPlace]) async -> [Outcome] {
        var all: [Outcome] = []
        for place in places {
            do throws(Failure) {
                all.append(.success(try await extend(place)))
            } catch {
                all.append(.failure(error))
                if error.code == .cancelled { break }
            }
        }
        return all
    }

    private func extend(_ place: AuditChainPlace) async throws(Failure) -> Int {
        try await keepKeys()
        return try await chain.extend(place, limit: Self.batch) { last, records throws(Failure) in
            var check = AuditChainCheck(
                of: place.tenant, after: last?.sequence ?? 0, hash: last?.hash ?? AuditLink.genesis, hashing: hashing)
            let links = records.map { check.link($0) }
            let now = clock.now()
            let statement = AuditHead.statement(
                place: place, sequence: check.sequence, hash: check.hash, madeAt: now)
            return AuditExtension(
                links: links,
                head: AuditHead(
                    place: place, sequence: check.sequence, hash: check.hash, madeAt: now,
                    signed: try signer.sign(statement, type: AuditHead.type)))
        } ?? 0
    }

    /// Stores the public key before the first head that it signs.
    private func keepKeys() async throws(Failure) {
        for key in signer.publicKeys() where !kept.withLock({ $0.contains(key.keyID) }) {
            try await chain.addIfAbsent(AuditKey(key, sealedBy: digests))
            _ = kept.withLock { $0.insert(key.keyID) }
        }
    }
}
