internal import TenonDomain
internal import TenonKit

/// Authenticates a signature. After it has passed, call `admit` with the body, which checks the time and accepts a
/// signature once.
struct VerifySignature: Sendable {
    let find: FindAPIKey
    let seen: any SeenSignatures
    let cryptography: any MessageCryptography
    let digests: any KeyedDigests
    let clock: any WallClock

    /// As far as known from memory; nil if `execute` is needed. Fails with `invalidSignature`.
    func remembered(_ request: SignedRequest, from origin: Origin) throws(Failure) -> APIKeyPrincipal? {
        let now = clock.now()
        guard let known = try hidingKeys({ () throws(Failure) in try find.remembered(digest(request)) }) else {
            return nil
        }
        try verify(request, known, at: now)
        guard known.key.refusal(from: origin.address, at: now) == nil else { return nil }
        find.noteUse(of: known, from: origin, at: now)
        return known.principal
    }

    /// Fails with `invalidSignature`, with `invalidAPIKey` if the signature is valid but the key may not be used, or
    /// like the stores.
    func execute(_ request: SignedRequest, from origin: Origin) async throws(Failure) -> APIKeyPrincipal {
        let now = clock.now()
        let id = request.signature.keyID
        let known: KnownAPIKey
        do throws(Failure) {
            known = try await find.execute(digest(request)) { directory throws(Failure) in
                try await directory.tenant(of: id).map { APIKeyReference(tenant: $0, key: id) }
            }
        } catch {
            throw error.code == .invalidAPIKey ? .invalidSignature() : error
        }
        try verify(request, known, at: now)
        if let refusal = known.key.refusal(from: origin.address, at: now) {
            try await find.refuse(known, refusal, from: origin)
        }
        find.noteUse(of: known, from: origin, at: now)
        return known.principal
    }

    /// Passes a request with a verified signature and its signed body once; call it right before the operation runs.
    /// Fails with `invalidSignature` outside of its window, `contentDigestMismatch`, `signatureReplayed`, or like the
    /// store.
    func admit(_ request: SignedRequest, body: [UInt8], in tenant: TenantID) async throws(Failure) {
        try request.signature.requireTimely(at: clock.now())
        try request.requireSigned(body, by: cryptography)
        let digest = cryptography.digest(of: request.signature.keyID.bytes + request.base, by: .sha256)
        guard try await seen.remember(digest, of: tenant, until: request.signature.forgottenAt) else {
            throw Failure(.signatureReplayed, "This signature was already used. Sign again, with a new nonce.")
        }
    }

    private func digest(_ request: SignedRequest) -> [UInt8] {
        digests.digest(request.signature.keyID.bytes, for: .apiKey)
    }

    private func verify(_ request: SignedRequest, _ known: KnownAPIKey, at now: Timestamp) throws(Failure) {
        let isRight = known.verification.contains { credential, key in
            credential.isLive(at: now) && (request.signature.algorithm.map { $0 == key.algorithm } ?? true)
                && cryptography.verifies(request.signature.bytes, of: request.base, by: key)
        }
        guard isRight else { throw .invalidSignature() }
    }

    /// An unknown key is reported like a wrong signature.
    private func hidingKeys<Value>(_ body: () throws(Failure) -> Value) throws(Failure) -> Value {
        do { return try body() } catch { throw error.code == .invalidAPIKey ? .invalidSignature() : error }
    }
}
