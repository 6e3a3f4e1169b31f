public import TenonDomain
public import TenonKit

/// Changes to the wrapped data keys and the token-signing keys in memory.
public struct MemoryKeyRotation: DataKeyRotation, SigningKeyRotation {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    // MARK: - Data keys

    public func countPerKEK() async throws(Failure) -> [Int32: Int] {
        transactions.committed.read { state in
            Dictionary(state.dataKeys.map { ($0.kekVersion, 1) }, uniquingKeysWith: +)
        }
    }

    public func keys(underKEKOlderThan version: Int32, limit: Int) async throws(Failure) -> [WrappedDataKey] {
        transactions.committed.read { state in
            Array(state.dataKeys.lazy.filter { $0.kekVersion < version }.prefix(limit))
        }
    }

    public func replace(_ changes: [(old: WrappedDataKey, new: WrappedDataKey)]) async throws(Failure) -> Int {
        try await transactions.change { state in
            var replaced = 0
            for change in changes {
                guard let index = state.dataKeys.firstIndex(of: change.old) else { continue }
                state.dataKeys[index] = change.new
                replaced += 1
            }
            return replaced
        }
    }

    public func add(
        _ successor: WrappedDataKey, recording event: DomainEvent, as caller: Caller
    ) async throws(Failure) -> Bool {
        try await transactions.transact(in: successor.tenant, as: caller) { work throws(Failure) in
            let isAdded = work.tables.change { state in
                let versions = state.dataKeys.filter {
                    $0.tenant == successor.tenant && $0.purpose == successor.purpose
                }.map(\.version)
                guard versions.max() == successor.version - 1 else { return false }
                state.dataKeys.append(successor)
                return true
            }
            if isAdded { work.audit(event, .success) }
            return isAdded
        }
    }

    public func removeUnused(
        of tenant: TenantID, olderThan version: Int32, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey] {
        let now = transactions.clock.now()
        return try await remove(of: tenant, as: caller, recording: event) { state in
            let waiting = state.outbox.filter { $0.deliveredAt == nil && $0.event.tenant == tenant }
            let used = Set(
                state.sealedCells(of: tenant).compactMap(\.sealed.keyVersion)
                    + waiting.compactMap { PasswordReset.keyVersion(neededBy: $0.event, at: now) })
            return { $0.purpose == .values && $0.version < version && !used.contains($0.version) }
        }
    }

    public func destroy(
        of tenant: TenantID, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent
    ) async throws(Failure) -> [WrappedDataKey] {
        try await remove(of: tenant, as: caller, recording: event) { _ in { _ in true } }
    }

    private func remove(
        of tenant: TenantID, as caller: Caller,
        recording event: @Sendable ([WrappedDataKey]) throws(Failure) -> DomainEvent,
        where condition: @Sendable (borrowing MemoryState) -> (WrappedDataKey) -> Bool
    ) async throws(Failure) -> [WrappedDataKey] {
        try await transactions.transact(in: tenant, as: caller) { work throws(Failure) in
            let removed = work.tables.change { state in
                let isMeant = condition(state)
                let removed = state.dataKeys.filter { $0.tenant == tenant && isMeant($0) }
                state.dataKeys.removeAll { $0.tenant == tenant && isMeant($0) }
                return removed.sorted { ($0.purpose.rawValue, $0.version) < ($1.purpose.rawValue, $1.version) }
            }
            if !removed.isEmpty { work.audit(try event(removed), .success) }
            return removed
        }
    }

    public func tenantsBetweenVersions(limit: Int) async throws(Failure) -> (tenants: [TenantID], total: Int) {
        let counts = transactions.committed.read { state in
            Dictionary(state.dataKeys.filter { $0.purpose == .values }.map { ($0.tenant, 1) }, uniquingKeysWith: +)
        }
        let tenants = counts.filter { $0.value > 1 }.keys.sorted()
        return (Array(tenants.prefix(limit)), tenants.count)
    }

    // MARK: - Token-signing keys

    public func take(_ step: SigningKeyStep, at now: Timestamp, as caller: Caller) async throws(Failure) -> Bool {
        try await transactions.transact(in: .platform, as: caller) { work throws(Failure) in
            let isTaken = work.tables.change { state in state.take(step, at: now) }
            if isTaken { work.audit(step.event, .success) }
            return isTaken
        }
    }

    public func replaceWrapping(of old: StoredSigningKey, by new: SealedBytes) async throws(Failure) -> Bool {
        try await transactions.change { state in
            guard
                let index = state.signingKeys.firstIndex(where: {
                    $0.keyID == old.keyID && $0.wrappedPrivateKey == old.wrappedPrivateKey
                })
            else { return false }
            let key = state.signingKeys[index]
            state.signingKeys[index] = StoredSigningKey(
                keyID: key.keyID, state: key.state, publicKey: key.publicKey, wrappedPrivateKey: new,
                createdAt: key.createdAt, stateSince: key.stateSince)
            return true
        }
    }
}

extension MemoryState {
    fileprivate mutating func take(_ step: SigningKeyStep, at now: Timestamp) -> Bool {
        switch step {
        case .publish(let key):
            guard !signingKeys.contains(where: { $0.state == .pending || $0.keyID == key.keyID }) else { return false }
            signingKeys.append(key)
            return true
        case .activate(let pending, let retiring):
            guard let next = signingKeys.firstIndex(where: { $0.keyID == pending && $0.state == .pending }),
                let last = signingKeys.firstIndex(where: { $0.keyID == retiring && $0.state == .active })
            else { return false }
            signingKeys[next] = signingKeys[next].entering(.active, at: now)
            signingKeys[last] = signingKeys[last].entering(.retiring, at: now)
            return true
        case .remove(let keyID):
            let before = signingKeys.count
            signingKeys.removeAll { $0.keyID == keyID && $0.state == .retiring }
            return signingKeys.count < before
        }
    }
}

extension StoredSigningKey {
    fileprivate func entering(_ state: State, at now: Timestamp) -> StoredSigningKey {
        StoredSigningKey(
            keyID: keyID, state: state, publicKey: publicKey, wrappedPrivateKey: wrappedPrivateKey,
            createdAt: createdAt, stateSince: now)
    }
}
