public import TenonCrypto
public import TenonDomain

/// Where the key encryption keys come from. Without them no stored value opens again.
public enum EncryptionKeySource: Sendable {
    /// These, by version.
    case keys(KeyEncryptionKeys)
    /// The one in the file of this path, which is made where the storage has no data yet: keep it as you keep the data.
    case file(String)
    /// One that is lost with the process, for storage that is lost with it too.
    case temporary

    /// Fails with `keyFileUnusable`, also where there is data and no file.
    func open(for storage: any StorageAdapters) async throws(Failure) -> KeyEncryptionKeys {
        switch self {
        case .keys(let keys): return keys
        case .temporary: return KeyEncryptionKeys([1: Secret(storage.process.randomness.bytes(32))])
        case .file(let path):
            let file = EncryptionKeyFile(path)
            let hasData = !(try await storage.dataKeys.samplePerKEK().isEmpty)
            let key = hasData ? try file.existing() : try file.readOrMake(randomness: storage.process.randomness)
            return KeyEncryptionKeys([1: key])
        }
    }
}

extension EncryptionKeyFile {
    /// The key of a file that must exist. Fails with `keyFileUnusable`.
    public func existing() throws(Failure) -> Secret {
        guard let key = try read() else {
            throw Failure(
                .keyFileUnusable,
                "ENCRYPTION_KEY is not set and \(path) does not exist: set it, restore the file from a backup, or name "
                    + "the service's data folder.")
        }
        return key
    }
}
