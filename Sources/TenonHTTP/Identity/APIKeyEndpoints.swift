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

    /// From the version and the last use, which does not affect `If-Match`.
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

/// The public part of one of a key's secrets.
extension APIKeyCredential: Presented {
    static let fields = Fields<APIKeyCredential>(
        "APIKeySecretReply", example: .example,
        member("prefix") { $0.publicPart }, member("signing") { $0.signing.map { Presentation($0) } },
        member("created_at") { $0.createdAt }, member("ends_at") { $0.endsAt })

    static var example: APIKeyCredential {
        APIKeyCredential(id: .example, publicPart: "tnk_Zk3mPq8x", digest: [], signing: nil, createdAt: .example)
    }
}

/// How requests are signed; never contains a secret.
extension SigningMaterial: Presented {
    static let fields = Fields<SigningMaterial>(
        "SigningReply", example: .ed25519(PublicKeyField.example.bytes),
        member("algorithm") { $0.algorithm }, member("public_key") { $0.publicKey.map { Base64.encode($0) } })
}

/// A key with its secrets, which are shown once.
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
                "createAPIKey", "Create an API key",
                """
                The response shows `key`, and with `signing` of `hmac-sha256` also `signing_secret`, only once; they are stored as a digest and encrypted. The key gets at most its creator's permissions; only users can create keys. Send it as `Authorization: Bearer tnk_…` or as `X-API-Key`, or sign requests with it (RFC 9421).
                """, for: .permission(CreateAPIKey.permission), caching: .none, body: create, key: \.key.id,
                run: useCases.create.execute))
        add(
            keys.list(
                "listAPIKeys", "List API keys, oldest first",
                "The keys of the caller's tenant that the caller may read, page by page, without their secrets.",
                paging, by: useCases.list))
        add(
            keys.get(
                "getAPIKey", "Get an API key",
                "Without its secret, which cannot be shown again. The last use is accurate to about a minute.",
                by: useCases.get))
        add(
            keys.update(
                "updateAPIKey", "Update an API key",
                """
                A merge patch (RFC 7396). Takes effect in every process within a second. Adding a scope requires having it. Supports `If-Match`.
                """, for: .permission(UpdateAPIKey.permission), body: update, run: useCases.update.execute))
        add(
            keys.act(
                "rotateAPIKey", "rotate", "Rotate an API key",
                """
                The response shows the new `key` only once. The previous secret stays valid for `overlap_seconds` (one day by default); with 0 all older secrets end at once, as required after a leak. Only a user with all of the key's scopes can rotate it. Supports `If-Match`.
                """, for: .permission(RotateAPIKey.permission), failures: [.apiKeyRotating], body: rotate,
                run: useCases.rotate.execute))
        add(
            keys.delete(
                "revokeAPIKey", "Revoke an API key",
                """
                Deletes the key permanently; within a second no process accepts it. Its actions stay in the audit log. Supports `If-Match`.
                """,
                for: .permission(RevokeAPIKey.permission)
            ) { target, _, caller throws(Failure) in
                try await useCases.revoke.execute(
                    RevokeAPIKey.Input(id: target.id, if: target.condition), as: caller)
            })
    }
}
