public import TenonDomain
public import TenonKit

/// Calls a server's REST API in somebody's name.
public struct APIClient: Sendable {
    /// What requests are signed in with.
    public enum Credential: Sendable {
        /// Nothing, for what needs no sign-in.
        case none
        /// An access token that somebody else looks after.
        case token(Secret)
        /// A kept session, refreshed when it has to be.
        case session(StoredSession)
    }

    let transport: HTTPTransport
    private let credential: Credential

    public init(over transport: HTTPTransport, as credential: Credential) {
        self.transport = transport
        self.credential = credential
    }

    public var server: ServerAddress { transport.server }

    /// Sends the request. With a kept session, an answer 401 refreshes it once and repeats the request, of which the
    /// server has done nothing then. Fails with what the server's problem says, by the kind that its status stands for;
    /// `members` has its `request_id`.
    public func send(_ request: APIRequest) async throws(Failure) -> APIAnswer {
        try await authorized { token throws(Failure) in try await transport.send(request, token: token) }
    }

    /// The members `items` of all pages, one page after the other.
    public func items(_ request: APIRequest) async throws(Failure) -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await send(request.parameter("limit", "100").parameter("cursor", cursor)).json()
            guard let found = page["items"]?.arrayValue else {
                throw Failure(.unexpectedAnswer, "The server's answer is no page of a list.")
            }
            items += found
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil
        return items
    }

    /// The id of a namespace by its name; an id is answered as it is. Fails with `namespaceNotFound`.
    public func namespaceID(_ nameOrID: String) async throws(Failure) -> String {
        if nameOrID.hasPrefix("ns_") { return nameOrID }
        let page = try await send(APIRequest(.get, "namespaces").parameter("name", nameOrID)).json()
        guard let id = page["items"]?.arrayValue?.first?["id"]?.stringValue else {
            throw Failure(.namespaceNotFound, "There is no namespace \(nameOrID).")
        }
        return id
    }

    /// Opens a stream of events; its bytes go to the body. Ends when the server ends it.
    func stream(
        _ request: APIRequest, _ body: (ArraySlice<UInt8>) async throws(Failure) -> Void
    ) async throws(Failure) {
        try await authorized { token throws(Failure) in
            try await transport.stream(request, token: token, body)
        }
    }

    private func authorized<Value: Sendable>(
        _ call: (Secret?) async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        switch credential {
        case .none: return try await call(nil)
        case .token(let token): return try await call(token)
        case .session(let session):
            let token = try await session.token()
            do throws(Failure) {
                return try await call(token)
            } catch {
                guard error.code.kind == .unauthenticated else { throw error }
                return try await call(try await session.token(otherThan: token))
            }
        }
    }
}
