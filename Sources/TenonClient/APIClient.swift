public import TenonDomain
public import TenonKit

/// Calls a server's REST API for a user.
public struct APIClient: Sendable {
    /// The credentials of requests.
    public enum Credential: Sendable {
        /// None, for public operations.
        case none
        /// An access token managed by the caller.
        case token(Secret)
        /// A stored session, refreshed when necessary.
        case session(StoredSession)
    }

    let transport: HTTPTransport
    private let credential: Credential

    public init(over transport: HTTPTransport, as credential: Credential) {
        self.transport = transport
        self.credential = credential
    }

    public var server: ServerAddress { transport.server }

    /// Sends the request. With a stored session, a 401 response refreshes it once and repeats the request, which the
    /// server has not processed then. Fails with the server's problem, by the kind of its status; `members` has its
    /// `request_id`.
    public func send(_ request: APIRequest) async throws(Failure) -> APIAnswer {
        try await authorized { token throws(Failure) in try await transport.send(request, token: token) }
    }

    /// The `items` of all pages, in order.
    public func items(_ request: APIRequest) async throws(Failure) -> [JSONValue] {
        var items: [JSONValue] = []
        var cursor: String?
        repeat {
            let page = try await send(request.parameter("limit", "100").parameter("cursor", cursor)).json()
            guard let found = page["items"]?.arrayValue else {
                throw Failure(.unexpectedAnswer, "The server's response is not a page of a list.")
            }
            items += found
            cursor = page["next_cursor"]?.stringValue
        } while cursor != nil
        return items
    }

    /// The id of a namespace by its name; an id is returned unchanged. Fails with `namespaceNotFound`.
    public func namespaceID(_ nameOrID: String) async throws(Failure) -> String {
        if nameOrID.hasPrefix("ns_") { return nameOrID }
        let page = try await send(APIRequest(.get, "namespaces").parameter("name", nameOrID)).json()
        guard let id = page["items"]?.arrayValue?.first?["id"]?.stringValue else {
            throw Failure(.namespaceNotFound, "No namespace has the name or id \(nameOrID).")
        }
        return id
    }

    /// Opens a stream of events and passes its bytes to the body. Ends when the server ends it.
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
