internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /users/{user_id}`
struct GetUserEndpoint: Endpoint {
    static let operation = Operation(
        "getUser", .get, "/users/{user_id}", tag: "Identity", summary: "One user",
        description: """
            Answers 404 for a user of another tenant as for one that does not exist.
            """, access: .permission(GetUser.permission), failures: [.userNotFound])

    private let get: GetUser

    init(_ get: GetUser) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<UserReply> {
        let reply = UserReply(user: try await get.execute(try request.userID, as: request.caller))
        return Answer(reply, entityTag: reply.entityTag)
    }
}

extension EndpointRequest {
    /// The captured `{user_id}`.
    var userID: UserID {
        get throws(Failure) { try path("user_id", orFail: .userNotFound) { UserID($0) } }
    }
}
