internal import TenonDomain
internal import TenonKit

/// Creates credentials of API keys, for several commands.
struct IssueCredential: Sendable {
    let digests: any KeyedDigests
    let sealer: any ValueSealer
    let cryptography: any MessageCryptography
    let identifiers: Identifiers
    let randomness: any Randomness

    /// A new credential. Fails with `validationFailed` if the public key is invalid.
    func execute(
        _ signing: SigningChoice?, in tenant: TenantID, at now: Timestamp
    ) async throws(Failure) -> (credential: APIKeyCredential, text: APIKeyText, shared: Secret?) {
        let id: Identifier<APIKeyCredential> = identifiers.next()
        let text = APIKeyText.random(by: randomness)
        let (material, shared) = try await material(signing, id, tenant)
        let credential = APIKeyCredential(
            id: id, publicPart: text.publicPart, digest: text.digest(by: digests), signing: material, createdAt: now)
        return (credential, text, shared)
    }

    private func material(
        _ signing: SigningChoice?, _ id: Identifier<APIKeyCredential>, _ tenant: TenantID
    ) async throws(Failure) -> (SigningMaterial?, Secret?) {
        switch signing {
        case nil: return (nil, nil)
        case .ed25519(let key):
            guard cryptography.isEd25519PublicKey(key) else {
                throw .invalid("invalid_public_key", "must be an Ed25519 public key", at: "/signing/public_key")
            }
            return (.ed25519(key), nil)
        case .hmacSHA256:
            let bytes = randomness.bytes(SigningChoice.sharedSecretLength)
            let sealed = try await sealer.seal(bytes, at: APIKeyCredential.place(of: id, in: tenant))
            return (.hmacSHA256(sealed), Secret(bytes))
        }
    }
}
