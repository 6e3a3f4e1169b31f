public import TenonDomain

/// Deletes a connection, and the links of users to their identities at its provider. The users stay; those without a
/// password cannot sign in until they choose one or are linked again.
public struct DeleteSSOConnection: Sendable {
    public static let permission = Permission.ssoWrite

    public struct Input: Sendable {
        public let id: SSOConnectionID
        public let precondition: Precondition

        public init(id: SSOConnectionID, if precondition: Precondition = .none) {
            self.id = id
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasSSO & RecordsEvents>
    let authorizer: any Authorizer

    /// Fails with `ssoConnectionNotFound` and `preconditionFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) {
        try await transactions.write(for: caller) { work throws(Failure) in
            let connection = try await work.sso.connectionForUpdate(input.id)
            try authorizer.require(Self.permission, on: connection, as: caller)
            try input.precondition.check(connection.version)
            try await work.sso.remove(connection.id)
            work.record(connection.deleted())
        }
    }
}
