internal import Synchronization
public import TenonDomain
internal import TenonKit

/// Envelope encryption: key encryption keys wrap one data key per tenant, AES-256-GCM seals the values.
///
/// A record is format ‖ key version ‖ nonce ‖ ciphertext ‖ tag. The place of the value and the key's version are
/// authenticated with it.
public final class EnvelopeSealer: ValueSealer {
    private struct TenantKeys: Sendable {
        let ciphers: [Int32: AES256GCM]
        let newest: Int32
        /// By `WallClock.steady`.
        let loadedAt: Timestamp
    }

    private static let format: UInt8 = 1
    private static let headerLength = 5

    private let keks: KeyEncryptionKeys
    private let purpose: DataKeyPurpose
    private let dataKeys: any DataKeys
    private let randomness: any Randomness
    private let clock: any WallClock
    private let cache: Mutex<BoundedCache<TenantID, TenantKeys>>

    /// Seals with keys of one purpose. Caches the opened keys of at most `capacity` tenants.
    public init(
        keks: KeyEncryptionKeys, for purpose: DataKeyPurpose = .values, dataKeys: any DataKeys,
        randomness: any Randomness, clock: any WallClock, capacity: Int = 10_000
    ) {
        self.keks = keks
        self.purpose = purpose
        self.dataKeys = dataKeys
        self.randomness = randomness
        self.clock = clock
        cache = Mutex(BoundedCache(capacity: capacity))
    }

    public func seal(_ plaintext: [UInt8], at place: SealPlace) async throws(Failure) -> SealedBytes {
        let keys = try await keysForSealing(of: place.tenant)
        let nonce = randomness.bytes(AES256GCM.nonceLength)
        let sealed = keys.ciphers[keys.newest]!.seal(plaintext, nonce: nonce, aad: Self.aad(place, keys.newest))
        var record = CanonicalBytes()
        record.append(keys.newest)
        return SealedBytes([Self.format] + record.bytes + nonce + sealed)
    }

    public func open(_ sealed: SealedBytes, at place: SealPlace) async throws(Failure) -> [UInt8] {
        let bytes = sealed.bytes
        let sealedAt = Self.headerLength + AES256GCM.nonceLength
        guard bytes.count >= sealedAt + AES256GCM.tagLength, bytes[0] == Self.format, let version = sealed.keyVersion
        else {
            throw .bug("The sealed value of \(place.table).\(place.field) has an unknown format")
        }
        var keys = try await keys(of: place.tenant)
        if keys.ciphers[version] == nil {
            // Another process may have added a version since.
            keys = try await load(place.tenant)
        }
        guard let cipher = keys.ciphers[version],
            let plaintext = cipher.open(
                bytes[sealedAt...], nonce: bytes[Self.headerLength..<sealedAt], aad: Self.aad(place, version))
        else {
            throw .bug("The sealed value of \(place.table).\(place.field) cannot be opened: the row was changed")
        }
        return plaintext
    }

    public func firstKey(for tenant: TenantID) throws(Failure) -> WrappedDataKey {
        keks.wrap(
            Secret(wiping: randomness.bytes(32)), tenant: tenant, purpose: purpose, version: 1, randomness: randomness,
            createdAt: clock.now())
    }

    /// A tenant's values have their first key from its registration. The audit log gets its own with the first record:
    /// in a separate statement, because the record's transaction is not visible here.
    private func keysForSealing(of tenant: TenantID) async throws(Failure) -> TenantKeys {
        do throws(Failure) {
            return try await keys(of: tenant)
        } catch {
            guard error.code == .tenantKeyDestroyed, purpose == .audit else { throw error }
            try await dataKeys.addIfAbsent(try firstKey(for: tenant))
            return try await load(tenant)
        }
    }

    public func forgetKeys(of tenant: TenantID) {
        cache.withLock { $0.remove(tenant) }
    }

    private func keys(of tenant: TenantID) async throws(Failure) -> TenantKeys {
        if let keys = cache.withLock({ $0.value(for: tenant) }),
            clock.steady() - keys.loadedAt < WrappedDataKey.openedLifetime
        {
            return keys
        }
        return try await load(tenant)
    }

    private func load(_ tenant: TenantID) async throws(Failure) -> TenantKeys {
        let now = clock.steady()
        let wrapped = try await dataKeys.keys(of: tenant, for: purpose)
        guard let newest = wrapped.last?.version else {
            // A tenant gets its first key at registration, so a missing key was destroyed.
            forgetKeys(of: tenant)
            throw Failure(.tenantKeyDestroyed, "The tenant's key was destroyed: its values can never be read again.")
        }
        var ciphers: [Int32: AES256GCM] = [:]
        for key in wrapped { ciphers[key.version] = AES256GCM(try keks.unwrap(key)) }
        let keys = TenantKeys(ciphers: ciphers, newest: newest, loadedAt: now)
        cache.withLock { $0.insert(keys, for: tenant) }
        return keys
    }

    private static func aad(_ place: SealPlace, _ version: Int32) -> [UInt8] {
        var aad = CanonicalBytes()
        aad.append("tenon/value/1")
        aad.append(place.tenant.high)
        aad.append(place.tenant.low)
        aad.append(place.table)
        aad.append(place.rowHigh)
        aad.append(place.rowLow)
        aad.append(place.field)
        aad.append(version)
        return aad.bytes
    }
}
