internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `GET /audit-logs/keys`
struct ListAuditKeysEndpoint: Endpoint {
    static let operation = Operation(
        "listAuditKeys", .get, "/audit-logs/keys", tag: "Audit",
        summary: "List the keys that signed heads of audit chains",
        description: """
            A JWK Set (RFC 7517) of Ed25519 keys: all that ever signed a head here, including keys that no longer sign tokens. Use it to verify an export, not to verify access tokens.
            """, access: .permission(ListAuditKeys.permission))

    private let keys: ListAuditKeys

    init(_ keys: ListAuditKeys) {
        self.keys = keys
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<GetSigningKeysEndpoint.Reply> {
        Answer(
            GetSigningKeysEndpoint.Reply(
                keys: try await keys.execute(as: request.caller).map(GetSigningKeysEndpoint.Key.init(key:))))
    }
}
