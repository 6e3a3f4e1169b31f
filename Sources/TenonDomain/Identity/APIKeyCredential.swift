public import TenonKit

/// One secret of a key and its properties.
public struct APIKeyCredential: Sendable, Equatable, Identified {
    public static let idPrefix = "cred"
    /// The default overlap: how long the previous secret stays valid.
    public static let standardOverlap = Duration.seconds(86_400)
    public static let maxOverlap = Duration.seconds(30 * 86_400)

    public let id: Identifier<APIKeyCredential>
    /// The public part of the secret.
    public let publicPart: String
    /// Of the whole secret, 32 bytes.
    public let digest: [UInt8]
    /// Nil if requests are not signed with it.
    public let signing: SigningMaterial?
    public let createdAt: Timestamp
    /// Nil for the newest one.
    public let endsAt: Timestamp?

    public init(
        id: Identifier<APIKeyCredential>, publicPart: String, digest: [UInt8], signing: SigningMaterial?,
        createdAt: Timestamp, endsAt: Timestamp? = nil
    ) {
        self.id = id
        self.publicPart = publicPart
        self.digest = digest
        self.signing = signing
        self.createdAt = createdAt
        self.endsAt = endsAt
    }

    public func isLive(at now: Timestamp) -> Bool {
        endsAt.map { now < $0 } ?? true
    }

    /// The members for auditors.
    var summary: JSONValue {
        [
            "id": .string(id.description), "secret": .string(publicPart),
            "signing_algorithm": signing.map { .string($0.algorithm.rawValue) } ?? .null,
            "ends_at": endsAt.map { .string($0.description) } ?? .null,
        ]
    }

    func ending(at moment: Timestamp) -> APIKeyCredential {
        APIKeyCredential(
            id: id, publicPart: publicPart, digest: digest, signing: signing, createdAt: createdAt, endsAt: moment)
    }

    /// The same with its shared secret sealed again.
    public func with(sealed: SealedBytes) -> APIKeyCredential {
        APIKeyCredential(
            id: id, publicPart: publicPart, digest: digest, signing: .hmacSHA256(sealed), createdAt: createdAt,
            endsAt: endsAt)
    }

    /// The place that its shared secret is sealed for.
    public static func place(of id: Identifier<APIKeyCredential>, in tenant: TenantID) -> SealPlace {
        SealPlace(tenant: tenant, table: "api_key_credentials", row: id, field: "sealed_secret")
    }
}

/// The stored material to verify signatures of a credential.
public enum SigningMaterial: Sendable, Equatable {
    /// A secret shared with the client, sealed with the tenant's data key.
    case hmacSHA256(SealedBytes)
    /// The client's public key, 32 bytes.
    case ed25519([UInt8])

    public var algorithm: MessageSignatureAlgorithm {
        switch self {
        case .hmacSHA256: .hmacSHA256
        case .ed25519: .ed25519
        }
    }

    public var sealedSecret: SealedBytes? {
        if case .hmacSHA256(let sealed) = self { sealed } else { nil }
    }

    public var publicKey: [UInt8]? {
        if case .ed25519(let key) = self { key } else { nil }
    }
}
