public import TenonDomain
internal import TenonKit

/// The progress of a rotation, in keys or values.
public struct RotationProgress: Sendable, Equatable {
    public let done: Int
    public let total: Int

    public init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }
}

/// Wraps every data key, of all tenants and purposes, and every token-signing key with the newest key encryption key.
/// Values stay unchanged. It can be interrupted at any point and run again, and continues where it stopped.
public struct RotateKeyEncryptionKey: Sendable {
    static let batch = 200

    public struct Output: Sendable, Equatable {
        /// The KEK that wraps everything now.
        public let version: Int32
        public let dataKeys: Int
        public let signingKeys: Int
        /// The configured versions that are no longer needed.
        public let unneeded: [Int32]
    }

    private let transactions: Writes<any RecordsEvents>
    private let rotation: any DataKeyRotation
    private let signingKeys: any SigningKeys
    private let signingKeyRotation: any SigningKeyRotation
    private let wrapping: any KeyWrapping

    public init(
        transactions: any Transactions, rotation: any DataKeyRotation, signingKeys: any SigningKeys,
        signingKeyRotation: any SigningKeyRotation, wrapping: any KeyWrapping
    ) {
        self.transactions = Writes(transactions) { $0 }
        self.rotation = rotation
        self.signingKeys = signingKeys
        self.signingKeyRotation = signingKeyRotation
        self.wrapping = wrapping
    }

    /// Fails with `permissionDenied` unless the caller is the operator, `keyEncryptionKeyMissing` or
    /// `keyEncryptionKeyWrong` if a key cannot be opened, `tooMuchContention` if keys change meanwhile.
    public func execute(
        as caller: Caller, progress: @Sendable (RotationProgress) -> Void
    ) async throws(Failure) -> Output {
        try caller.requireOperator()
        let newest = wrapping.newestKEK
        // These come first: a start that fails then names the KEK that the data keys still need.
        let rewrappedSigningKeys = try await rewrapSigningKeys()
        let rewrappedDataKeys = try await rewrapDataKeys(under: newest, progress)
        if rewrappedSigningKeys + rewrappedDataKeys > 0 {
            try await transactions.write(in: .platform, as: caller) { work throws(Failure) in
                work.audit(
                    DomainEvent(
                        .dataKeysRewrapped, on: .tenant(.platform),
                        [
                            "kek_version": .integer(Int64(newest)), "data_keys": .integer(Int64(rewrappedDataKeys)),
                            "signing_keys": .integer(Int64(rewrappedSigningKeys)),
                        ]), .success)
            }
        }
        let needed = try await rotation.countPerKEK()
        return Output(
            version: newest, dataKeys: rewrappedDataKeys, signingKeys: rewrappedSigningKeys,
            unneeded: wrapping.kekVersions.filter { $0 < newest && needed[$0] == nil })
    }

    private func rewrapSigningKeys() async throws(Failure) -> Int {
        var count = 0
        for key in try await signingKeys.all() {
            guard let wrapped = try wrapping.rewrap(key) else { continue }
            guard try await signingKeyRotation.replaceWrapping(of: key, by: wrapped) else {
                throw Failure(.tooMuchContention, "Another command is changing the token-signing keys: run it again.")
            }
            count += 1
        }
        return count
    }

    private func rewrapDataKeys(
        under newest: Int32, _ progress: (RotationProgress) -> Void
    ) async throws(Failure) -> Int {
        let total = try await rotation.countPerKEK().filter { $0.key < newest }.values.reduce(0, +)
        progress(RotationProgress(done: 0, total: total))
        var done = 0
        while true {
            // Wrapped keys leave the set, so every page is the first one.
            let page = try await rotation.keys(underKEKOlderThan: newest, limit: Self.batch)
            guard !page.isEmpty else { return done }
            let changes = try page.map { key throws(Failure) in (old: key, new: try wrapping.rewrap(key)) }
            done += try await rotation.replace(changes)
            progress(RotationProgress(done: done, total: max(total, done)))
        }
    }
}
