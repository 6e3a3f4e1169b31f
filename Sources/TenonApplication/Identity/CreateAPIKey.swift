public import TenonDomain

/// How requests with a key are signed.
public enum SigningChoice: Sendable, Equatable {
    /// The bytes of a shared secret.
    static let sharedSecretLength = 32

    /// With a generated secret that is shown once.
    case hmacSHA256
    /// With the private half of this public key, 32 bytes.
    case ed25519(publicKey: [UInt8])
}

/// A key with its secrets, which are shown once.
public struct IssuedAPIKey: Sendable {
    public let key: APIKey
    public let secret: Secret
    /// The secret for signing requests; nil if the client has its own key, or does not sign.
    public let sharedSecret: Secret?

    public init(key: APIKey, secret: Secret, sharedSecret: Secret?) {
        self.key = key
        self.secret = secret
        self.sharedSecret = sharedSecret
    }
}

/// Creates an API key. Only users do: keys that a key created could outlive it.
public struct CreateAPIKey: Sendable {
    public static let permission = Permission.apiKeysWrite

    public struct Input: Sendable {
        public let terms: APIKeyTerms
        public let signing: SigningChoice?

        public init(terms: APIKeyTerms, signing: SigningChoice? = nil) {
            self.terms = terms
            self.signing = signing
        }
    }

    let transactions: Writes<any HasAPIKeys & RecordsEvents>
    let authorizer: any Authorizer
    let issue: IssueCredential
    let clock: any WallClock

    /// Fails with `permissionDenied` if the caller is not a user or does not have a scope itself, or as
    /// `validationFailed`.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> IssuedAPIKey {
        let tenant = try caller.requireTenant()
        try authorizer.require(Self.permission, on: TenantScope(tenant), as: caller)
        _ = try caller.requireUser()
        try authorizer.requireHeld(input.terms.scopes, by: caller)
        let now = clock.now()
        let issued = try await issue.execute(input.signing, in: tenant, at: now)
        let (key, created) = try APIKey.create(
            id: issue.identifiers.next(), tenant: tenant, terms: input.terms, credential: issued.credential,
            by: caller.subject, at: now)
        try await transactions.write(for: caller) { work throws(Failure) in
            try await work.apiKeys.add(key)
            work.record(created)
        }
        return IssuedAPIKey(key: key, secret: issued.text.secret, sharedSecret: issued.shared)
    }
}

extension Authorizer {
    /// A caller cannot grant permissions that it does not have, or has under conditions that would not apply to a key.
    func requireHeld(_ scopes: Set<Permission>, by caller: Caller) throws(Failure) {
        let missing = scopes.filter { !grants($0, for: caller) }.map(\.name).sorted()
        guard missing.isEmpty else {
            throw Failure(
                .permissionDenied,
                "You cannot grant scopes that you do not have: \(missing.joined(separator: ", ")).")
        }
    }
}
