public import TenonDomain
internal import TenonKit

/// Gives a key a new secret; the previous one stays valid for a while, so that programs can be updated one by one.
public struct RotateAPIKey: Sendable {
    public static let permission = Permission.apiKeysWrite

    public struct Input: Sendable {
        public let id: APIKeyID
        /// 0 to 30 days; 0 ends all older secrets at once.
        public let overlap: Duration
        /// Nil keeps the method: a new shared secret, or the same public key.
        public let signing: SigningChoice?
        public let precondition: Precondition

        public init(
            id: APIKeyID, overlap: Duration = APIKeyCredential.standardOverlap, signing: SigningChoice? = nil,
            if precondition: Precondition = .none
        ) {
            self.id = id
            self.overlap = overlap
            self.signing = signing
            self.precondition = precondition
        }
    }

    let transactions: Writes<any HasAPIKeys & RecordsEvents>
    let authorizer: any Authorizer
    let issue: IssueCredential
    let clock: any WallClock

    /// Fails with `apiKeyNotFound`, `preconditionFailed`, `apiKeyRotating`, `permissionDenied` if the caller is not a
    /// user or lacks a permission of the key, or as `validationFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> IssuedAPIKey {
        guard (.zero...APIKeyCredential.maxOverlap).contains(input.overlap) else {
            throw .invalid(
                "out_of_range",
                "must be 0 to \(APIKeyCredential.maxOverlap.milliseconds / 1000) seconds, got \(input.overlap.milliseconds / 1000)",
                at: "/overlap_seconds")
        }
        let now = clock.now()
        return try await transactions.write(for: caller) { work throws(Failure) in
            let key = try await work.apiKeys.keyForUpdate(input.id)
            try authorizer.require(Self.permission, on: key, as: caller)
            _ = try caller.requireUser()
            // The holder of the secret has the key's permissions.
            try authorizer.requireHeld(key.terms.scopes, by: caller)
            try input.precondition.check(key.version)
            let issued = try await issue.execute(input.signing ?? key.signingChoice, in: key.tenant, at: now)
            let (rotated, event) = try key.rotated(to: issued.credential, overlap: input.overlap, at: now)
            try await work.apiKeys.save(rotated)
            work.record(event)
            work.accessChanged(.apiKey(key.id))
            return IssuedAPIKey(key: rotated, secret: issued.text.secret, sharedSecret: issued.shared)
        }
    }
}

extension APIKey {
    /// The signing method of its newest credential.
    fileprivate var signingChoice: SigningChoice? {
        switch credentials.first?.signing {
        case nil: nil
        case .hmacSHA256: .hmacSHA256
        case .ed25519(let key): .ed25519(publicKey: key)
        }
    }
}
