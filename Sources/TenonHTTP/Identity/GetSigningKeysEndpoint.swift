internal import HTTPTypes
public import TenonDomain

/// `GET /.well-known/jwks.json`: the public signing keys as a JWK Set (RFC 7517, RFC 8037).
public struct GetSigningKeysEndpoint: Endpoint {
    public static let operation = Operation(
        "getSigningKeys", .get, "/.well-known/jwks.json", mount: .root, tag: "Identity",
        summary: "The public keys that access tokens are signed with", access: .open)

    public struct Reply: ReplyBody {
        let keys: [Key]

        public func write(to fields: inout FieldWriter) {
            fields.field("keys", keys)
        }

        public static var example: Reply {
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

    public init(_ signer: any TokenSigner) {
        self.signer = signer
    }

    public func handle(_ request: EndpointRequest<NoBody>) async throws(Failure) -> Answer<Reply> {
        Answer(Reply(keys: signer.publicKeys().map(Key.init(key:))))
    }
}
