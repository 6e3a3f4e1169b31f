internal import TenonDomain
internal import TenonKit

/// Finds keys by digests, in memory or in the stores, and records their uses and refusals.
struct FindAPIKey: Sendable {
    private let stores: Reads<any HasAPIKeys>
    private let transactions: Writes<any RecordsEvents>
    private let directory: any Directory
    private let sealer: any ValueSealer
    private let known: KnownAPIKeys
    private let uses: APIKeyUses
    private let clock: any WallClock
    private let refusals: RefusalThrottle

    init(
        transactions: any Transactions, directory: any Directory, sealer: any ValueSealer, known: KnownAPIKeys,
        uses: APIKeyUses, clock: any WallClock
    ) {
        stores = Reads(transactions) { $0 }
        self.transactions = Writes(transactions) { $0 }
        self.directory = directory
        self.sealer = sealer
        self.known = known
        self.uses = uses
        self.clock = clock
        refusals = RefusalThrottle(clock: clock)
    }

    /// The key from memory; nil if it must be read. Fails with `invalidAPIKey` if it is known not to exist.
    func remembered(_ digest: [UInt8]) throws(Failure) -> KnownAPIKey? {
        switch known.look(up: digest, at: clock.steady()) {
        case .known(let key): key
        case .absent: throw .invalidAPIKey
        case .mustRead: nil
        }
    }

    /// The key, read if necessary. `locate` uses the directory. Fails with `invalidAPIKey` if it does not exist.
    func execute(
        _ digest: [UInt8], _ locate: (any Directory) async throws(Failure) -> APIKeyReference?
    ) async throws(Failure) -> KnownAPIKey {
        if let remembered = try remembered(digest) { return remembered }
        let begun = clock.steady()
        guard let place = try await locate(directory) else { throw absent(digest, at: begun) }
        let reading = known.begin(place.key)
        defer { known.end(reading) }
        guard let key = try await key(place) else { throw absent(digest, at: begun) }
        let found = KnownAPIKey(key, try await verification(of: key), readAt: begun)
        known.keep(found, under: digest, of: reading)
        return found
    }

    private func absent(_ digest: [UInt8], at moment: Timestamp) -> Failure {
        known.keepAbsence(of: digest, at: moment)
        return .invalidAPIKey
    }

    private func key(_ place: APIKeyReference) async throws(Failure) -> APIKey? {
        do throws(Failure) {
            return try await stores.in(place.tenant).apiKeys.key(place.key)
        } catch {
            guard error.code == .apiKeyNotFound else { throw error }
            return nil
        }
    }

    private func verification(
        of key: APIKey
    ) async throws(Failure) -> [(credential: APIKeyCredential, key: VerificationKey)] {
        var keys: [(credential: APIKeyCredential, key: VerificationKey)] = []
        for credential in key.credentials {
            switch credential.signing {
            case nil: break
            case .ed25519(let bytes): keys.append((credential, .ed25519(bytes)))
            case .hmacSHA256(let sealed):
                let place = APIKeyCredential.place(of: credential.id, in: key.tenant)
                keys.append((credential, .hmacSHA256(Secret(try await sealer.open(sealed, at: place)))))
            }
        }
        return keys
    }

    /// In the background.
    func noteUse(of known: KnownAPIKey, from origin: Origin, at now: Timestamp) {
        guard known.isDue(at: now) else { return }
        uses.note(APIKeyUse(at: now, address: origin.address), of: known.principal)
    }

    /// The tenant's audit log has the reason, at most once a second; the caller does not see it.
    func refuse(_ known: KnownAPIKey, _ refusal: APIKeyRefusal, from origin: Origin) async throws(Failure) -> Never {
        let (key, caller) = (known.key, Caller(.apiKey(known.principal), from: origin))
        guard let details = refusals.admit(refusal.rawValue, of: caller.subject, in: key.tenant) else {
            throw .invalidAPIKey
        }
        let event = DomainEvent(.apiKeyRefused, on: .apiKey(key.id), details)
        try await transactions.write(in: key.tenant, as: caller) { work throws(Failure) in work.audit(event, .denied) }
        throw .invalidAPIKey
    }
}
