internal import FoundationEssentials
public import TenonDomain
public import TenonKit

/// A login stored on disk: its access token is refreshed when it is about to expire, by one process at a time.
public struct StoredSession: Sendable {
    private let file: CredentialsFile
    private let transport: HTTPTransport
    private let now: @Sendable () -> Timestamp

    public init(
        in file: CredentialsFile, over transport: HTTPTransport,
        now: @escaping @Sendable () -> Timestamp = Self.systemTime
    ) {
        self.file = file
        self.transport = transport
        self.now = now
    }

    /// The time of this machine.
    public static let systemTime: @Sendable () -> Timestamp = {
        Timestamp(millisecondsSince1970: Int64(Date().timeIntervalSince1970 * 1000))
    }

    /// Signs in with a password and replaces the stored session. The server becomes the current one.
    public func signIn(email: String, password: Secret, tenant: String?) async throws(Failure) {
        var members = JSONObject()
        members["email"] = .string(email)
        members["password"] = .string(password.revealedText())
        members["tenant"] = tenant.map { .string($0) }
        let request = APIRequest(.post, "auth", "login").body(.object(members))
        // Outside the lock, because the server takes time to check a password.
        let credential = try credential(try await transport.send(request, token: nil).json(), email: email)
        try await file.update { content throws(Failure) in
            content.servers[transport.server] = credential
            content.current = transport.server
        }
    }

    /// Ends the session at the server and deletes it; false if there was none. An unreachable server keeps the session
    /// until it expires, but it is deleted here anyway.
    public func signOut() async throws(Failure) -> Bool {
        if try file.read().servers[transport.server] != nil, let token = try? await token() {
            _ = try? await transport.send(APIRequest(.post, "auth", "logout"), token: token)
        }
        return try await forget()
    }

    /// Deletes the session; false if there was none.
    public func forget() async throws(Failure) -> Bool {
        try await file.update { content throws(Failure) in
            if content.current == transport.server { content.current = nil }
            return content.servers.removeValue(forKey: transport.server) != nil
        }
    }

    /// An access token for the next request. Fails with `notSignedIn`.
    func token() async throws(Failure) -> Secret {
        let credential = try kept(try file.read())
        if isFresh(credential) { return credential.access }
        return try await token(otherThan: credential.access)
    }

    /// A token to replace a refused one: another process's newer one, or a new one, which is stored before it is used.
    /// A refresh token can be used once, and using it twice ends the session.
    func token(otherThan spent: Secret) async throws(Failure) -> Secret {
        try await file.update { content throws(Failure) in
            let credential = try kept(content)
            if credential.access != spent, isFresh(credential) { return credential.access }
            let request = APIRequest(.post, "auth", "refresh").body([
                "refresh_token": .string(credential.refresh.revealedText())
            ])
            let answer: APIAnswer
            do throws(Failure) {
                answer = try await transport.send(request, token: nil)
            } catch {
                guard error.code.kind == .unauthenticated else { throw error }
                throw notSignedIn("The session at \(transport.server) has ended")
            }
            let next = try self.credential(try answer.json(), email: credential.email)
            content.servers[transport.server] = next
            return next.access
        }
    }

    private func kept(_ content: CredentialsFile.Content) throws(Failure) -> StoredCredential {
        guard let credential = content.servers[transport.server] else {
            throw notSignedIn("Not signed in at \(transport.server)")
        }
        return credential
    }

    private func notSignedIn(_ what: String) -> Failure {
        Failure(.notSignedIn, "\(what): sign in with `tenon login --server \(transport.server) --email …`.")
    }

    /// For longer than a request takes to reach the server.
    private func isFresh(_ credential: StoredCredential) -> Bool {
        now() + .seconds(10) < credential.expiresAt
    }

    private func credential(_ json: JSONValue, email: String) throws(Failure) -> StoredCredential {
        guard let access = json["access_token"]?.stringValue, let refresh = json["refresh_token"]?.stringValue,
            let seconds = json["expires_in"]?.numberValue?.int64, (0...31_536_000).contains(seconds)
        else { throw Failure(.unexpectedAnswer, "The server's response has no tokens.") }
        return StoredCredential(
            email: email, access: Secret(access), refresh: Secret(refresh), expiresAt: now() + .seconds(seconds))
    }
}
