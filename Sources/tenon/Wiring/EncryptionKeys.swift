internal import TenonCrypto
internal import TenonDomain
internal import TenonService

/// The key encryption keys that the settings name.
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

    /// Where a service takes its keys from: those that are set, or the file in the data folder, or for storage in memory a
    /// key that lives as long. Fails as `set` does.
    static func source(
        _ settings: Settings, inMemory: Bool, warn: (String) -> Void
    ) throws(SettingError) -> EncryptionKeySource {
        if let keys = try set(in: settings, warn: warn) { return .keys(keys) }
        guard !inMemory else { return .temporary }
        warn("ENCRYPTION_KEY is not set: using the key in \(file(settings).path)")
        return .file(file(settings).path)
    }

    /// For an operator's command: the configured keys, or the key of the data folder. Never creates one.
    static func existing(_ settings: Settings) throws -> KeyEncryptionKeys {
        try set(in: settings) ?? KeyEncryptionKeys([1: try file(settings).existing()])
    }

    private static func file(_ settings: Settings) -> EncryptionKeyFile {
        EncryptionKeyFile("\(settings.dataFolder)/encryption.key")
    }
}
