internal import TenonDomain

/// Authenticates an API key.
struct VerifyAPIKey: Sendable {
    let find: FindAPIKey
    let digests: any KeyedDigests
    let clock: any WallClock

    /// As far as known from memory; nil if `execute` is needed. Fails with `invalidAPIKey`.
    func remembered(_ text: String, from origin: Origin) throws(Failure) -> APIKeyPrincipal? {
        let now = clock.now()
        let digest = try digest(text)
        guard let known = try find.remembered(digest),
            known.key.refusal(ofSecret: digest, from: origin.address, at: now) == nil
        else { return nil }
        find.noteUse(of: known, from: origin, at: now)
        return known.principal
    }

    /// Fails with `invalidAPIKey` for every reason, or like the stores. The refusal of an existing key is recorded in
    /// the audit log.
    func execute(_ text: String, from origin: Origin) async throws(Failure) -> APIKeyPrincipal {
        let now = clock.now()
        let digest = try digest(text)
        let known = try await find.execute(digest) { directory throws(Failure) in
            try await directory.key(withSecret: digest)
        }
        if let refusal = known.key.refusal(ofSecret: digest, from: origin.address, at: now) {
            try await find.refuse(known, refusal, from: origin)
        }
        find.noteUse(of: known, from: origin, at: now)
        return known.principal
    }

    /// The checksum refuses malformed keys before any lookup.
    private func digest(_ text: String) throws(Failure) -> [UInt8] {
        guard let key = APIKeyText(text) else { throw .invalidAPIKey }
        return key.digest(by: digests)
    }
}
