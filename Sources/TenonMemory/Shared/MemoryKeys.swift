public import TenonDomain

/// The installation's keys in memory: wrapped data keys and token-signing keys.
public struct MemoryKeys: DataKeys, SigningKeys {
    private let transactions: MemoryTransactions

    public init(_ transactions: MemoryTransactions) {
        self.transactions = transactions
    }

    public func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey] {
        transactions.committed.read { $0.keys(of: tenant, for: purpose) }
    }

    public func addIfAbsent(_ key: WrappedDataKey) async throws(Failure) {
        try await transactions.change { $0.addIfAbsent(key) }
    }

    public func samplePerKEK() async throws(Failure) -> [WrappedDataKey] {
        transactions.committed.read { $0.samplePerKEK }
    }

    public func all() async throws(Failure) -> [StoredSigningKey] {
        transactions.committed.read { $0.signingKeys.sorted { $0.createdAt > $1.createdAt } }
    }

    public func addIfNoneIsActive(_ key: StoredSigningKey) async throws(Failure) {
        try await transactions.change { state in
            if !state.signingKeys.contains(where: { $0.state == .active }) { state.signingKeys.append(key) }
        }
    }
}

/// Data keys within a transaction.
struct MemoryDataKeyStore: DataKeys {
    let tables: MemoryTables

    func keys(of tenant: TenantID, for purpose: DataKeyPurpose) async throws(Failure) -> [WrappedDataKey] {
        tables.read { $0.keys(of: tenant, for: purpose) }
    }

    func addIfAbsent(_ key: WrappedDataKey) async throws(Failure) {
        tables.change { $0.addIfAbsent(key) }
    }

    func samplePerKEK() async throws(Failure) -> [WrappedDataKey] {
        tables.read { $0.samplePerKEK }
    }
}

extension MemoryState {
    fileprivate func keys(of tenant: TenantID, for purpose: DataKeyPurpose) -> [WrappedDataKey] {
        dataKeys.filter { $0.tenant == tenant && $0.purpose == purpose }.sorted { $0.version < $1.version }
    }

    fileprivate mutating func addIfAbsent(_ key: WrappedDataKey) {
        let exists = dataKeys.contains {
            $0.tenant == key.tenant && $0.purpose == key.purpose && $0.version == key.version
        }
        if !exists { dataKeys.append(key) }
    }

    fileprivate var samplePerKEK: [WrappedDataKey] {
        Array(Dictionary(dataKeys.map { ($0.kekVersion, $0) }) { first, _ in first }.values)
    }
}
