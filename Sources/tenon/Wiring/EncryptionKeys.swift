internal import Glibc
internal import TenonCrypto
internal import TenonDomain

/// The key encryption keys: from the settings, or made once and kept in the data folder.
enum EncryptionKeys {
    static let fileName = "encryption.key"

    /// The variable of a version.
    static func name(_ version: Int32) -> String {
        version == 1 ? "ENCRYPTION_KEY" : "ENCRYPTION_KEY_\(version)"
    }

    /// Fails, naming the variable and never the key, on a key that does not parse, and in `prod` on a weak or
    /// generated one. `warn` is told what `prod` would refuse.
    static func load(
        _ settings: Settings, inMemory: Bool, randomness: any Randomness, warn: (String) -> Void
    ) throws(SettingError) -> KeyEncryptionKeys {
        var keys: [Int32: Secret] = [:]
        for (version, text) in settings.encryptionKeys {
            let name = Self.name(version)
            guard let key = KeyEncryptionKeys.parse(text) else {
                throw SettingError(name, "must be 32 bytes in base64 or hex")
            }
            if KeyEncryptionKeys.isWeak(key) {
                guard settings.environment != .prod else { throw SettingError(name, "is too weak for prod") }
                warn("\(name) is weak")
            }
            keys[version] = key
        }
        if keys.isEmpty {
            guard settings.environment != .prod else { throw SettingError("ENCRYPTION_KEY", "must be set in prod") }
            keys[1] = inMemory ? Secret(randomness.bytes(32)) : try kept(in: settings.dataFolder, randomness)
            if !inMemory { warn("ENCRYPTION_KEY is not set: the key in \(settings.dataFolder)/\(fileName) is used") }
        }
        return KeyEncryptionKeys(keys)
    }

    /// The key of the file; made, and synced to disk with its folder, before the first row that needs it.
    private static func kept(in folder: String, _ randomness: any Randomness) throws(SettingError) -> Secret {
        let path = "\(folder)/\(fileName)"
        if let text = read(path) {
            guard let key = KeyEncryptionKeys.parse(text.filter { !$0.isWhitespace }) else {
                throw SettingError("ENCRYPTION_KEY", "the file \(path) holds no key")
            }
            return key
        }
        mkdir(folder, 0o711)
        let bytes = randomness.bytes(32)
        let text = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable(path) }
        let isWritten = write(file, text, text.utf8.count) == text.utf8.count && fsync(file) == 0
        close(file)
        // A link, so that of two processes that make a key at once one wins and both use the same.
        let isPlaced = isWritten && (link(temporary, path) == 0 || errno == EEXIST)
        unlink(temporary)
        guard isPlaced, sync(folder: folder) else { throw unwritable(path) }
        guard let kept = read(path).flatMap({ KeyEncryptionKeys.parse($0.filter { !$0.isWhitespace }) }) else {
            throw unwritable(path)
        }
        return kept
    }

    private static func unwritable(_ path: String) -> SettingError {
        SettingError("TENON_DATA_DIR", "cannot write \(path): \(String(cString: strerror(errno)))")
    }

    private static func sync(folder: String) -> Bool {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(handle) }
        return handle >= 0 && fsync(handle) == 0
    }

    private static func read(_ path: String) -> String? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        return count > 0 ? String(decoding: bytes.prefix(count), as: UTF8.self) : nil
    }
}
