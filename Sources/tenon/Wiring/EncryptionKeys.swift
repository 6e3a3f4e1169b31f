internal import TenonCrypto
internal import TenonDomain

/// The key encryption keys, from the settings or from a generated file in the data folder.
enum EncryptionKeys {
    /// The variable of a version.
    static func name(_ version: Int32) -> String {
        version == 1 ? "ENCRYPTION_KEY" : "ENCRYPTION_KEY_\(version)"
    }

    /// The configured keys; nil if none is set. Fails on an invalid key, and in `prod` on a weak or missing one. The
    /// error names the variable and never the key. Calls `warn` for what `prod` would refuse.
    static func set(in settings: Settings, warn: (String) -> Void = { _ in }) throws(SettingError) -> KeyEncryptionKeys?
    {
        var keys: [Int32: Secret] = [:]
        for (version, text) in settings.encryptionKeys {
            let name = Self.name(version)
            guard let key = KeyEncryptionKeys.parse(text) else {
                throw SettingError(name, "must be 32 bytes in base64 or hex")
            }
            if KeyEncryptionKeys.isWeak(key) {
                guard settings.environment != .prod else { throw SettingError(name, "is too weak for prod") }
                warn("\(name) is weak: generate one with `openssl rand -base64 32`")
            }
            keys[version] = key
        }
        guard keys.isEmpty else { return KeyEncryptionKeys(keys) }
        guard settings.environment != .prod else {
            throw SettingError("ENCRYPTION_KEY", "must be set in prod; generate it with `openssl rand -base64 32`")
        }
        return nil
    }

    /// For a service without a configured key: with memory adapters a temporary key, else the key of the data folder,
    /// created if the storage has no data yet. Fails with `keyFileUnusable`.
    static func made(
        _ settings: Settings, for storage: Storage, randomness: any Randomness
    ) async throws(Failure) -> KeyEncryptionKeys {
        if case .memory = storage { return KeyEncryptionKeys([1: Secret(randomness.bytes(32))]) }
        let file = file(settings)
        let hasData = !(try await storage.dataKeys.samplePerKEK().isEmpty)
        let key = hasData ? try existing(file) : try file.readOrMake(randomness: randomness)
        return KeyEncryptionKeys([1: key])
    }

    /// For an operator's command: the configured keys, or the key of the data folder. Never creates one.
    static func existing(_ settings: Settings) throws -> KeyEncryptionKeys {
        try set(in: settings) ?? KeyEncryptionKeys([1: try existing(file(settings))])
    }

    static func file(_ settings: Settings) -> EncryptionKeyFile {
        EncryptionKeyFile("\(settings.dataFolder)/encryption.key")
    }

    private static func existing(_ file: EncryptionKeyFile) throws(Failure) -> Secret {
        guard let key = try file.read() else {
            throw Failure(
                .keyFileUnusable,
                "ENCRYPTION_KEY is not set and \(file.path) does not exist: set it, restore the file from a backup, or "
                    + "name the service's data folder.")
        }
        return key
    }
}
