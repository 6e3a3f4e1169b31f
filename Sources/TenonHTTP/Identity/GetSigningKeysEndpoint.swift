internal import TenonDomain
internal import TenonHTTPServer
internal import TenonKit

/// `GET /.well-known/jwks.json`: the signing keys as a JWK Set (RFC 7517, RFC 8037).
struct GetSigningKeysEndpoint: Endpoint {
    static let operation = Operation(
        "getSigningKeys", .get, "/.well-known/jwks.json", mount: .root, tag: "Identity",
        summary: "Get the public keys of access tokens",
        description: """
            A JWK Set (RFC 7517) of Ed25519 keys. Other services verify access tokens with it.
            """, access: .open)

    struct Reply: ReplyBody {
        let keys: [Key]

        func write(to fields: inout FieldWriter) {
            fields.field("keys", keys)
        }

        static var example: Reply {
            Reply(keys: [Key(key: PublicSigningKey(keyID: "k1", ed25519: [UInt8](repeating: 7, count: 32)))])
        }
    }

    struct Key: ReplyBody {
        let key: PublicSigningKey

        func write(to fields: inout FieldWriter) {
            fields.field("kty", "OKP")
            fields.field("crv", "Ed25519")
            fields.field("alg", "Ed25519")
            fields.field("use", "sig")
            fields.field("kid", key.keyID)
            fields.field("x", Base64URL.encode(key.ed25519))
        }

        static var example: Key { Reply.example.keys[0] }
    }

    private let signer: any TokenSigner

    init(_ signer: any TokenSigner) {
        self.signer = signer
    }

    func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(
            Reply(keys: signer.publicKeys().map(Key.init(key:))),
            caching: .shared(Int(SigningKeySchedule.cacheLifetime.components.seconds)))
    }
}
