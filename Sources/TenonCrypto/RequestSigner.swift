public import TenonDomain
public import TenonKit

/// Signs requests as an API key (RFC 9421), for services that call this one.
public struct RequestSigner: Sendable {
    public enum Key: Sendable {
        /// The shared secret, as shown when the key was created.
        case hmacSHA256(Secret)
        /// The seed of the private key, 32 bytes.
        case ed25519(Secret)
    }

    private enum Private: Sendable {
        case hmacSHA256(Secret)
        case ed25519(Ed25519PrivateKey)
    }

    private let keyID: APIKeyID
    private let key: Private

    /// Nil for a seed of another length.
    public init?(_ keyID: APIKeyID, _ key: Key) {
        self.keyID = keyID
        switch key {
        case .hmacSHA256(let secret): self.key = .hmacSHA256(secret)
        case .ed25519(let seed):
            guard let key = Ed25519PrivateKey(seed: seed) else { return nil }
            self.key = .ed25519(key)
        }
    }

    /// For an Ed25519 key, 32 bytes.
    public var publicKey: [UInt8]? {
        if case .ed25519(let key) = key { key.publicKey } else { nil }
    }

    /// The fields to add to the request: `Signature-Input`, `Signature`, and with a body `Content-Digest`. The
    /// signature covers the method, the whole target and the body, and the request's fields in `more`.
    public func fields(
        signing request: SignableRequest, body: [UInt8], covering more: [String] = [], at now: Timestamp, nonce: String,
        expires: Timestamp? = nil
    ) throws(Failure) -> [SignableRequest.Field] {
        var fields: [SignableRequest.Field] = []
        var names = ["@method", "@authority", "@path", "@query"] + more
        if !body.isEmpty {
            let digest = OpenSSLMessageCryptography().digest(of: body, by: .sha256)
            fields.append(SignableRequest.Field("Content-Digest", "sha-256=:\(Base64.encode(digest)):"))
            names.append("content-digest")
        }
        var parameters = [
            StructuredParameter("created", .integer(now.secondsSince1970)),
            StructuredParameter("keyid", .string(keyID.description)),
            StructuredParameter("nonce", .string(nonce)),
        ]
        if let expires { parameters.append(StructuredParameter("expires", .integer(expires.secondsSince1970))) }
        let input = InnerList(names.map { StructuredItem(.string($0)) }, parameters)
        let whole = SignableRequest(
            method: request.method, scheme: request.scheme, authority: request.authority,
            requestTarget: request.requestTarget, path: request.path, query: request.query,
            fields: request.fields + fields)
        let signature = sign(try whole.signatureBase(input))
        func field(_ name: String, _ value: StructuredDictionary.Value) -> SignableRequest.Field {
            SignableRequest.Field(name, StructuredDictionary([.init("sig", value)]).text)
        }
        return fields + [
            field("Signature-Input", .list(input)), field("Signature", .item(StructuredItem(.bytes(signature)))),
        ]
    }

    private func sign(_ message: [UInt8]) -> [UInt8] {
        switch key {
        case .hmacSHA256(let secret): HMACSHA256.authenticate(message, key: secret)
        case .ed25519(let key): key.sign(message)
        }
    }
}
