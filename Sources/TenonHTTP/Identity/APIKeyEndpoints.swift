internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

extension PathParameter<APIKeyID> {
    static var apiKey: Self {
        PathParameter(name: "key_id", description: "The API key's id.", failure: .apiKeyNotFound)
    }
}

/// Without its secrets.
extension APIKey: Presented {
    fileprivate static let name = member("name") { $0.terms.name }
    fileprivate static let scopes = member("scopes") { ListOf<KeyScopes>($0.terms.scopes) }
    fileprivate static let networks = member("allowed_cidrs") { $0.terms.networks }
    fileprivate static let expiresAt = member("expires_at") { $0.terms.expiresAt }
    fileprivate static let status = member("status") { $0.terms.status }
    fileprivate static let requiresSignature = member("requires_signature") { $0.terms.requiresSignature }

    static let fields = Fields<APIKey>(
        "APIKeyReply", example: example,
        member("id") { $0.id }, name, scopes, networks, expiresAt, status, requiresSignature,
        member("secrets") { $0.credentials.map { Presentation($0) } }, member("version") { $0.version },
        member("created_by") { $0.createdBy }, member("created_at") { $0.createdAt },
        member("updated_at") { $0.updatedAt }, member("last_used_at") { $0.lastUse?.at },
        member("last_used_address") { $0.lastUse?.address })

    /// Of the version, and of the last use, which is no change that `If-Match` asks about.
    var entityTag: EntityTag? {
        EntityTag(version: version, variant: lastUse.map { "-\($0.at.millisecondsSince1970)" } ?? "")
    }

    static var example: APIKey {
        APIKey(
            id: .example, tenant: .example,
            terms: APIKeyTerms(name: .example, scopes: [.configsRead], networks: .example, expiresAt: nil),
            credentials: [.example], version: 1, createdBy: UserID.example.description, createdAt: .example,
            updatedAt: .example, lastUse: nil)
    }
}

/// One of a key's secrets, as far as it may be seen.
extension APIKeyCredential: Presented {
    static let fields = Fields<APIKeyCredential>(
        "APIKeySecretReply", example: .example,
        member("prefix") { $0.publicPart }, member("signing") { $0.signing.map { Presentation($0) } },
        member("created_at") { $0.createdAt }, member("ends_at") { $0.endsAt })

    static var example: APIKeyCredential {
        APIKeyCredential(id: .example, publicPart: "tnk_Zk3mPq8x", digest: [], signing: nil, createdAt: .example)
    }
}

/// How requests are signed; never with a secret.
extension SigningMaterial: Presented {
    static let fields = Fields<SigningMaterial>(
        "SigningReply", example: .ed25519(PublicKeyField.example.bytes),
        member("algorithm") { $0.algorithm }, member("public_key") { $0.publicKey.map { Base64.encode($0) } })
}

/// A key with what is shown of it once.
extension IssuedAPIKey: Presented {
    static let fields = Fields<IssuedAPIKey>(
        "IssuedAPIKeyReply",
        example: IssuedAPIKey(key: APIKey.example, secret: Secret("tnk_Zk3mPq8x…".utf8), sharedSecret: nil),
        member("key") { $0.secret.revealedText() },
        member("signing_secret") { $0.sharedSecret.map { $0.withBytes { Base64.encode($0) } } },
        NestedFields { $0.key })

    var entityTag: EntityTag? { key.entityTag }
}

extension EndpointCatalog {
    mutating func addAPIKeys(_ useCases: APIKeyUseCases, paging: Paging) {
        let keys = Resource<APIKey, APIKeyID>("/auth/api-keys", .apiKey, tag: "Identity")
        let create = BodyReading<Void, CreateAPIKey.Input>(showing: ["allowed_cidrs"]) { fields, _ in
            let terms = APIKeyTerms(
                name: fields.required(APIKey.name), scopes: fields.required(APIKey.scopes).set,
                networks: fields.optional(APIKey.networks) ?? .any, expiresAt: fields.optional(APIKey.expiresAt),
                requiresSignature: fields.optional(APIKey.requiresSignature) ?? false)
            return CreateAPIKey.Input(terms: terms, signing: fields.optional("signing", as: SigningField.self)?.choice)
        }
        let update = BodyReading<Target<APIKeyID>, UpdateAPIKey.Input>(showing: ["name", "status"]) { fields, target in
            UpdateAPIKey.Input(
                id: target.id, name: fields.optional(APIKey.name), scopes: fields.optional(APIKey.scopes)?.set,
                networks: fields.optional(APIKey.networks), expiresAt: fields.patched(APIKey.expiresAt),
                requiresSignature: fields.optional(APIKey.requiresSignature), status: fields.optional(APIKey.status),
                if: target.condition)
        }
        let rotate = BodyReading<Target<APIKeyID>, RotateAPIKey.Input>(showing: ["overlap_seconds"]) { fields, target in
            RotateAPIKey.Input(
                id: target.id,
                overlap: fields.optional("overlap_seconds", as: OverlapField.self)?.overlap
                    ?? APIKeyCredential.standardOverlap,
                signing: fields.optional("signing", as: SigningField.self)?.choice, if: target.condition)
        }
        add(
            keys.create(
                "createAPIKey", "Make an API key",
                """
                The answer shows `key`, and with `signing` of `hmac-sha256` also `signing_secret`, this once: they are stored as a digest and sealed. The key may at most what its maker may; only users make keys. Send it as `Authorization: Bearer tnk_…` or as `X-API-Key`, or sign requests with it (RFC 9421).
                """, for: .permission(CreateAPIKey.permission), caching: .none, body: create, key: \.key.id,
                run: useCases.create.execute))
        add(
            keys.list(
                "listAPIKeys", "The tenant's API keys, oldest first",
                "All keys of the caller's tenant, page by page, without their secrets.",
                for: .permission(ListAPIKeys.permission), paging
            ) { page, _, caller throws(Failure) in
                try await useCases.list.execute(page, as: caller)
            })
        add(
            keys.get(
                "getAPIKey", "One API key",
                "Without its secret, which nobody can show again. When it was last used is exact to about a minute.",
                for: .permission(GetAPIKey.permission), run: useCases.get.execute))
        add(
            keys.update(
                "updateAPIKey", "Change what an API key may do, and where",
                """
                A merge patch (RFC 7396). Takes effect on every process within a second. A scope is added only by who holds it. `If-Match` is honoured.
                """, for: .permission(UpdateAPIKey.permission), body: update, run: useCases.update.execute))
        add(
            keys.act(
                "rotateAPIKey", "rotate", "Give an API key a new secret",
                """
                The answer shows the new `key` this once. The secret before it lives on for `overlap_seconds`, a day unless the request says otherwise; with 0 all older secrets end at once, as after a leak. Only a user who holds all of the key's scopes rotates it. `If-Match` is honoured.
                """, for: .permission(RotateAPIKey.permission), failures: [.apiKeyRotating], body: rotate,
                run: useCases.rotate.execute))
        add(
            keys.delete(
                "revokeAPIKey", "Take an API key away for good",
                "No process takes the key a second later. What it did stays in the audit log. `If-Match` is honoured.",
                for: .permission(RevokeAPIKey.permission)
            ) { target, _, caller throws(Failure) in
                try await useCases.revoke.execute(
                    RevokeAPIKey.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
