internal import Glibc
public import TenonDomain

/// A file with a generated key encryption key: 64 hexadecimal digits, readable only by its owner.
public struct EncryptionKeyFile: Sendable {
    public let path: String

    public init(_ path: String) {
        self.path = path
    }

    /// The key; nil if there is no file. Fails with `keyFileUnusable` if the file is empty, contains no key or cannot
    /// be read.
    public func read() throws(Failure) -> Secret? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            guard errno == ENOENT else { throw unusable("cannot be read: \(String(cString: strerror(errno)))") }
            return nil
        }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(file, &bytes, bytes.count)
        let text = String(decoding: bytes.prefix(max(0, count)), as: UTF8.self).filter { !$0.isWhitespace }
        guard !text.isEmpty else { throw unusable("is empty; restore it from a backup") }
        guard let key = KeyEncryptionKeys.parse(text) else {
            throw unusable("must contain 32 bytes in base64 or hex")
        }
        return key
    }

    /// The key of the file, which is generated if it is missing, with its parent folders, and synced to disk. Several
    /// concurrent processes get the same key. Only for an installation without data: a new key cannot open data of
    /// another one. Fails with `keyFileUnusable`.
    public func readOrMake(randomness: any Randomness) throws(Failure) -> Secret {
        if let key = try read() { return key }
        let folder = folder
        Self.makeFolder(folder)
        let text = randomness.bytes(32).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\n"
        let temporary = "\(path).\(getpid())"
        let file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw unwritable }
        let isWritten = write(file, text, text.utf8.count) == text.utf8.count && fsync(file) == 0
        close(file)
        // Linking fails if the file exists: the first of several processes wins.
        let isPlaced = isWritten && (link(temporary, path) == 0 || errno == EEXIST)
        unlink(temporary)
        guard isPlaced, Self.sync(folder), let key = try read() else { throw unwritable }
        return key
    }

    private var folder: String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    /// A failure is reported when the file is opened.
    private static func makeFolder(_ folder: String) {
        guard mkdir(folder, 0o711) != 0, errno == ENOENT, let slash = folder.lastIndex(of: "/") else { return }
        makeFolder(String(folder[..<slash]))
        mkdir(folder, 0o711)
    }

    private static func sync(_ folder: String) -> Bool {
        let handle = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(handle) }
        return handle >= 0 && fsync(handle) == 0
    }

    private var unwritable: Failure { unusable("cannot be written: \(String(cString: strerror(errno)))") }

    private func unusable(_ reason: String) -> Failure {
        Failure(.keyFileUnusable, "The key file \(path) \(reason).")
    }
}

extension FailureCode {
    public static let keyFileUnusable = FailureCode(
        "key_file_unusable", .unavailable, "The key file cannot be used",
        "The file with the key encryption key is missing, empty, or cannot be read or written.")
}
