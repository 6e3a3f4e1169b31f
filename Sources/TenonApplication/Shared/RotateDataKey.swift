public import TenonDomain
internal import TenonKit

/// Creates a new data key for a tenant's values, seals all values of older versions again, and deletes those versions.
/// The service continues to read and write. It can be interrupted at any point and run again, and continues where it
/// stopped: a tenant with two versions gets no third one.
public struct RotateDataKey: Sendable {
    static let batch = 32

    /// The minimum time to keep older keys, counted from the start of the last run: a process may still seal with a
    /// cached key, and its last values must be committed.
    public static let standardGrace = Duration.seconds(60)

    public struct Output: Sendable, Equatable {
        /// The version that seals now.
        public let version: Int32
        /// The number of values sealed again.
        public let resealed: Int
        /// The number of values that cannot be opened with any key: their rows were changed. Their keys are kept.
        public let unreadable: Int
        /// The deleted versions.
        public let removed: [Int32]
        /// The versions that are kept because values still need them.
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

    /// `pause` waits for the given time. Fails with `permissionDenied` unless the caller is the operator,
    /// `tenantKeyDestroyed`, or like the sealer.
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
        // Values written with an older key meanwhile. Unreadable values are counted only in this last round.
        tally.unreadable = 0
        try await reseal(tenant, newest, &tally, progress)
        // A reader may still hold a value from before it was sealed again, and must be able to open it.
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

    /// The version of an unfinished rotation, or a new one.
    private func newestVersion(of tenant: TenantID, as caller: Caller) async throws(Failure) -> Int32 {
        let keys = try await dataKeys.keys(of: tenant, for: .values)
        guard let newest = keys.last else {
            throw Failure(.tenantKeyDestroyed, "The tenant's data key was destroyed.")
        }
        guard keys.count == 1 else { return newest.version }
        let successor = wrapping.successor(of: newest, at: clock.now())
        let event = DomainEvent(
            .dataKeyAdded, on: .tenant(tenant), ["version": .integer(Int64(successor.version))])
        guard try await rotation.add(successor, recording: event, as: caller) else {
            throw Failure(.tooMuchContention, "Another command is changing the tenant's keys: run it again.")
        }
        return successor.version
    }

    private func wait(
        until moment: Timestamp, _ pause: (Duration) async throws(Failure) -> Void
    ) async throws(Failure) {
        let rest = moment - clock.now()
        if rest > .zero { try await pause(rest) }
    }

    /// Seals values of older keys again, table by table and page by page. Values changed since they were read stay
    /// unchanged.
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

    /// Nil for a value that cannot be opened.
    private func resealed(_ cell: SealedCell) async throws(Failure) -> SealedBytes? {
        do {
            return try await sealer.seal(try await sealer.open(cell.sealed, at: cell.place), at: cell.place)
        } catch {
            guard error.code == .internalError else { throw error }
            return nil
        }
    }
}
