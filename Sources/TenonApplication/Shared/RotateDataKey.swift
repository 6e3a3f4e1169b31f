public import TenonDomain
internal import TenonKit

/// Gives a tenant a new data key for its values, seals everything that stands under older ones anew, and removes those.
/// The service goes on reading and writing. Ended at any point and run again, it goes on where it was: a tenant that is
/// between two versions gets no third one.
public struct RotateDataKey: Sendable {
    static let batch = 32

    /// How long older keys are kept at least, counted from the start of the last run: a process may still seal with a
    /// key that it has cached, and what it sealed last must be committed.
    public static let standardGrace = Duration.seconds(60)

    public struct Output: Sendable, Equatable {
        /// The version that seals now.
        public let version: Int32
        /// How many values were sealed anew.
        public let resealed: Int
        /// How many values do not open under any key: somebody changed their rows. Their keys stay.
        public let unreadable: Int
        /// The versions that are gone.
        public let removed: [Int32]
        /// The versions that stay because values still need them.
        public let remaining: [Int32]
    }

    private struct Tally {
        let total: Int
        var resealed = 0
        var unreadable = 0
        var lastChange: Timestamp?
    }

    private let dataKeys: any DataKeys
    private let rotation: any DataKeyRotation
    private let cells: any SealedCells
    private let sealer: any ValueSealer
    private let wrapping: any KeyWrapping
    private let clock: any WallClock
    private let grace: Duration

    public init(
        dataKeys: any DataKeys, rotation: any DataKeyRotation, cells: any SealedCells, sealer: any ValueSealer,
        wrapping: any KeyWrapping, clock: any WallClock, grace: Duration = standardGrace
    ) {
        self.dataKeys = dataKeys
        self.rotation = rotation
        self.cells = cells
        self.sealer = sealer
        self.wrapping = wrapping
        self.clock = clock
        self.grace = max(grace, WrappedDataKey.openedLifetime)
    }

    /// `pause` waits for that long. Fails with `permissionDenied` for whoever is not the operator, `tenantKeyDestroyed`,
    /// or as the sealer does.
    public func execute(
        _ tenant: TenantID, as caller: Caller,
        pause: @Sendable (Duration) async throws(Failure) -> Void,
        progress: @Sendable (RotationProgress) -> Void
    ) async throws(Failure) -> Output {
        try caller.requireOperator()
        let newest = try await newestVersion(of: tenant, as: caller)
        sealer.forgetKeys(of: tenant)
        let isKnownEverywhere = clock.now() + grace
        var tally = Tally(total: try await cells.count(of: tenant, olderThan: newest))
        progress(RotationProgress(done: 0, total: tally.total))
        try await reseal(tenant, newest, &tally, progress)
        try await wait(until: isKnownEverywhere, pause)
        // Values that were written under an older key meanwhile. Unreadable values are counted in this last round only.
        tally.unreadable = 0
        try await reseal(tenant, newest, &tally, progress)
        // A reader may still hold a value as it was before it was sealed anew, and must be able to open it.
        if let last = tally.lastChange { try await wait(until: last + WrappedDataKey.openedLifetime, pause) }
        let removed = try await rotation.removeUnused(of: tenant, olderThan: newest, as: caller) { keys in
            DomainEvent(
                .dataKeysRemoved, on: .tenant(tenant), ["versions": .array(keys.map { .integer(Int64($0.version)) })])
        }
        sealer.forgetKeys(of: tenant)
        let left = try await dataKeys.keys(of: tenant, for: .values)
        return Output(
            version: newest, resealed: tally.resealed, unreadable: tally.unreadable, removed: removed.map(\.version),
            remaining: left.map(\.version).filter { $0 < newest })
    }

    /// That of the rotation that was begun, or a new one.
    private func newestVersion(of tenant: TenantID, as caller: Caller) async throws(Failure) -> Int32 {
        let keys = try await dataKeys.keys(of: tenant, for: .values)
        guard let newest = keys.last else {
            throw Failure(.tenantKeyDestroyed, "The tenant has no data key: it was destroyed.")
        }
        guard keys.count == 1 else { return newest.version }
        let successor = wrapping.successor(of: newest, at: clock.now())
        let event = DomainEvent(
            .dataKeyAdded, on: .tenant(tenant), ["version": .integer(Int64(successor.version))])
        guard try await rotation.add(successor, recording: event, as: caller) else {
            throw Failure(.tooMuchContention, "Somebody else changes the tenant's keys: run it again.")
        }
        return successor.version
    }

    private func wait(
        until moment: Timestamp, _ pause: (Duration) async throws(Failure) -> Void
    ) async throws(Failure) {
        let rest = moment - clock.now()
        if rest > .zero { try await pause(rest) }
    }

    /// Seals what stands under older keys anew, table by table and page by page. What somebody else changed since it was
    /// read stays as it is.
    private func reseal(
        _ tenant: TenantID, _ newest: Int32, _ tally: inout Tally, _ progress: (RotationProgress) -> Void
    ) async throws(Failure) {
        for table in SealedTable.allCases {
            var last: SealedCell?
            while true {
                let page = try await cells.cells(
                    of: tenant, in: table, olderThan: newest, after: last, limit: Self.batch)
                guard !page.isEmpty else { break }
                last = page.last
                var changes: [(cell: SealedCell, new: SealedBytes)] = []
                for cell in page {
                    if let new = try await resealed(cell) {
                        changes.append((cell, new))
                    } else {
                        tally.unreadable += 1
                    }
                }
                guard !changes.isEmpty else { continue }
                tally.resealed += try await cells.replace(changes, of: tenant, in: table)
                tally.lastChange = clock.now()
                progress(RotationProgress(done: tally.resealed, total: max(tally.total, tally.resealed)))
            }
        }
    }

    /// Nil for a value that does not open.
    private func resealed(_ cell: SealedCell) async throws(Failure) -> SealedBytes? {
        do {
            return try await sealer.seal(try await sealer.open(cell.sealed, at: cell.place), at: cell.place)
        } catch {
            guard error.code == .internalError else { throw error }
            return nil
        }
    }
}
