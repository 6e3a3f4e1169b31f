internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /users/profile`
struct GetProfileEndpoint: Endpoint {
    static let operation = Operation(
        "getProfile", .get, "/users/profile", tag: "Identity", summary: "Get the caller's profile",
        description: """
            The caller's own user, in the format of `GET /users/{user_id}`.
            """, access: .signedIn)

    private let get: GetProfile

    init(_ get: GetProfile) {
        self.get = get
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Presentation<User>> {
        let reply = Presentation(try await get.execute(as: request.caller))
        return Answer(reply, entityTag: reply.entity.entityTag)
    }
}
