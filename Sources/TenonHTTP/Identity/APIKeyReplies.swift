internal import TenonApplication
package import TenonDomain
internal import TenonHTTPServer
package import TenonKit

/// A key without its secrets.
struct APIKeyReply: ReplyBody {
    let key: APIKey

    func write(to fields: inout FieldWriter) {
        let terms = key.terms
        fields.field("id", key.id)
        fields.field("name", terms.name.text)
        fields.field("scopes", terms.scopes.map(\.name).sorted())
        fields.field("allowed_cidrs", terms.networks.texts)
        fields.field("expires_at", terms.expiresAt)
        fields.field("status", terms.status)
        fields.field("requires_signature", terms.requiresSignature)
        fields.field("secrets", key.credentials.map { APIKeySecretReply(credential: $0) })
        fields.field("version", key.version)
        fields.field("created_by", key.createdBy)
        fields.field("created_at", key.createdAt)
        fields.field("updated_at", key.updatedAt)
        fields.field("last_used_at", key.lastUse?.at)
        fields.field("last_used_address", key.lastUse?.address)
    }

    /// Of the version, and of the last use, which is no change that `If-Match` asks about.
    var entityTag: EntityTag {
        EntityTag(version: key.version, variant: key.lastUse.map { "-\($0.at.millisecondsSince1970)" } ?? "")
    }

    var location: String { "/api/v1/auth/api-keys/\(key.id)" }

    static var example: APIKeyReply { APIKeyReply(key: exampleKey) }

    fileprivate static var exampleKey: APIKey {
        APIKey(
            id: .example, tenant: .example,
            terms: APIKeyTerms(name: .example, scopes: [.configsRead], networks: .example, expiresAt: nil),
            credentials: [
                APIKeyCredential(
                    id: .example, publicPart: "tnk_Zk3mPq8x", digest: [], signing: nil, createdAt: .example)
            ],
            version: 1, createdBy: UserID.example.description, createdAt: .example, updatedAt: .example, lastUse: nil)
    }
}

/// One of a key's secrets, as far as it may be seen.
struct APIKeySecretReply: ReplyBody {
    let credential: APIKeyCredential

    func write(to fields: inout FieldWriter) {
        fields.field("prefix", credential.publicPart)
        fields.field("signing", credential.signing.map { SigningReply(material: $0) })
        fields.field("created_at", credential.createdAt)
        fields.field("ends_at", credential.endsAt)
    }

    static var example: APIKeySecretReply { APIKeySecretReply(credential: APIKeyReply.exampleKey.credentials[0]) }
}

/// How requests are signed; never with a secret.
struct SigningReply: ReplyBody {
    let material: SigningMaterial

    func write(to fields: inout FieldWriter) {
        fields.field("algorithm", material.algorithm)
        fields.field("public_key", material.publicKey.map { Base64.encode($0) })
    }

    static var example: SigningReply { SigningReply(material: .ed25519(PublicKeyField.example.bytes)) }
}

/// A key with what is shown of it once.
struct IssuedAPIKeyReply: ReplyBody {
    let issued: IssuedAPIKey

    func write(to fields: inout FieldWriter) {
        fields.field("key", issued.secret.revealedText())
        fields.field("signing_secret", issued.sharedSecret.map { $0.withBytes { Base64.encode($0) } })
        reply.write(to: &fields)
    }

    var reply: APIKeyReply { APIKeyReply(key: issued.key) }

    static var example: IssuedAPIKeyReply {
        IssuedAPIKeyReply(
            issued: IssuedAPIKey(key: APIKeyReply.exampleKey, secret: Secret("tnk_Zk3mPq8x…".utf8), sharedSecret: nil))
    }
}

extension APIKeyStatus: ReplyValue, ChoiceFieldValue {
    package func write(to writer: inout JSONWriter) { writer.string(rawValue) }
}
