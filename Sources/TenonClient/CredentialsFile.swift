internal import FoundationEssentials
internal import Glibc
public import TenonDomain
public import TenonKit

/// The stored credentials of one login.
public struct StoredCredential: Sendable, Equatable {
    public let email: String
    public let access: Secret
    public let refresh: Secret
    /// When the access token expires.
    public let expiresAt: Timestamp

    public init(email: String, access: Secret, refresh: Secret, expiresAt: Timestamp) {
        self.email = email
        self.access = access
        self.refresh = refresh
        self.expiresAt = expiresAt
    }
}

/// The file with one login per server: mode 0600 in a folder of mode 0700, replaced atomically. All failures are
/// `credentialsUnusable`, also for a file that other users can read or own.
public struct CredentialsFile: Sendable {
    public struct Content: Sendable, Equatable {
        /// The server of the last login.
        public var current: ServerAddress?
        public var servers: [ServerAddress: StoredCredential] = [:]
    }

    public let path: String
    private var folder: String { String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) }

    public init(path: String) {
        self.path = path
    }

    /// `$XDG_CONFIG_HOME/tenon/credentials.json`, or the same below `~/.config`; nil without a home.
    public static func standard(_ environment: [String: String]) -> CredentialsFile? {
        // The base folder must be absolute, otherwise it counts as unset (XDG Base Directory Specification).
        let base = environment["XDG_CONFIG_HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        let home = environment["HOME"].flatMap { $0.isEmpty ? nil : $0 + "/.config" }
        return (base ?? home).map { CredentialsFile(path: $0 + "/tenon/credentials.json") }
    }

    /// The contents; empty if there is no file.
    public func read() throws(Failure) -> Content {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return Content() }
            throw unusable("cannot be read: \(Self.reason)")
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unusable("cannot be read: \(Self.reason)") }
        guard status.st_uid == geteuid() else { throw unusable("belongs to another user") }
        guard status.st_mode & 0o077 == 0 else {
            throw unusable("is open to other users; `chmod 600` it, and sign in again if they may have read it")
        }
        guard status.st_size <= 1 << 20 else { throw unusable("is too long") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count == bytes.count, let json = try? JSONParser.parse(bytes), let content = Content(json) else {
            throw unusable("is not what `tenon login` wrote; remove it and sign in again")
        }
        return content
    }

    /// Changes the contents under a lock against other processes. Returns the body's result once it is written.
    public func update<Value: Sendable>(
        _ body: (inout Content) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        try makeFolder()
        let lock = try await lock()
        // Closing the file releases the lock.
        defer { close(lock) }
        let old = try read()
        var content = old
        let value = try await body(&content)
        if content != old { try write(content) }
        return value
    }

    private func makeFolder() throws(Failure) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw unusable("cannot be written: its folder cannot be created")
        }
    }

    /// Waits without blocking a thread, because this process may hold the lock.
    private func lock() async throws(Failure) -> Int32 {
        let descriptor = open(folder + "/credentials.lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable("cannot be written: \(Self.reason)") }
        let deadline = ContinuousClock.now + .seconds(90)
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            guard errno == EWOULDBLOCK || errno == EINTR, ContinuousClock.now < deadline, !Task.isCancelled else {
                close(descriptor)
                throw unusable("is being changed by another process")
            }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return descriptor
    }

    /// A reader sees the old file or the new one, also after a power failure.
    private func write(_ content: Content) throws(Failure) {
        let new = path + ".new"
        unlink(new)
        let descriptor = open(new, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unusable("cannot be written: \(Self.reason)") }
        let bytes = Array((content.json.pretty() + "\n").utf8)
        let isWritten = Glibc.write(descriptor, bytes, bytes.count) == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(new, path) == 0 else {
            let reason = Self.reason
            unlink(new)
            throw unusable("cannot be written: \(reason)")
        }
    }

    private func unusable(_ problem: String) -> Failure {
        Failure(.credentialsUnusable, "\(path) \(problem).")
    }

    private static var reason: String { String(cString: strerror(errno)).lowercased() }
}

extension CredentialsFile.Content {
    fileprivate init?(_ json: JSONValue) {
        guard let servers = json["servers"]?.objectValue else { return nil }
        for (name, value) in servers {
            guard let server = try? ServerAddress(name), let credential = StoredCredential(value) else { return nil }
            self.servers[server] = credential
        }
        current = json["current"]?.stringValue.flatMap { try? ServerAddress($0) }
    }

    fileprivate var json: JSONValue {
        var members = JSONObject()
        for (server, credential) in servers.sorted(by: { $0.key.description < $1.key.description }) {
            members[server.description] = credential.json
        }
        return ["current": current.map { .string($0.description) } ?? .null, "servers": .object(members)]
    }
}

extension StoredCredential {
    fileprivate init?(_ json: JSONValue) {
        guard let email = json["email"]?.stringValue, let access = json["access_token"]?.stringValue,
            let refresh = json["refresh_token"]?.stringValue,
            let expires = json["expires_at"]?.stringValue.flatMap({ Timestamp($0) })
        else { return nil }
        self.init(email: email, access: Secret(access), refresh: Secret(refresh), expiresAt: expires)
    }

    fileprivate var json: JSONValue {
        [
            "email": .string(email), "access_token": .string(access.revealedText()),
            "refresh_token": .string(refresh.revealedText()), "expires_at": .string(expiresAt.description),
        ]
    }
}
