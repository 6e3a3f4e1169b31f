public import TenonKit

/// A credential of a tenant for programs. It belongs to the tenant and remains valid when its creator is deleted.
///
/// It has one valid secret, and two during a rotation. Only a keyed digest of a secret is stored.
public struct APIKey: Sendable, Equatable, Identified {
    public static let idPrefix = "key"

    public let id: APIKeyID
    public let tenant: TenantID
    public private(set) var terms: APIKeyTerms
    /// Newest first. The second one has an expiry, which may have passed.
    public private(set) var credentials: [APIKeyCredential]
    /// Counts the changes, from 1; the entity tag of the resource. Uses do not count.
    public private(set) var version: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp
    /// Accurate to about a minute.
    public let lastUse: APIKeyUse?

    /// From a store.
    public init(
        id: APIKeyID, tenant: TenantID, terms: APIKeyTerms, credentials: [APIKeyCredential], version: Int64,
        createdBy: String, createdAt: Timestamp, updatedAt: Timestamp, lastUse: APIKeyUse?
    ) {
        self.id = id
        self.tenant = tenant
        self.terms = terms
        self.credentials = credentials
        self.version = version
        self.createdBy = createdBy
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.lastUse = lastUse
    }

    /// Fails as `validationFailed` if the terms do not fit the credential or have expired.
    public static func create(
        id: APIKeyID, tenant: TenantID, terms: APIKeyTerms, credential: APIKeyCredential, by author: String,
        at now: Timestamp
    ) throws(Failure) -> (APIKey, DomainEvent) {
        let key = APIKey(
            id: id, tenant: tenant, terms: terms, credentials: [credential], version: 1, createdBy: author,
            createdAt: now, updatedAt: now, lastUse: nil)
        try key.requireUsable()
        if let end = terms.expiresAt, end <= now {
            throw .invalid("expiry_in_the_past", "must be in the future", at: "/expires_at")
        }
        return (
            key, DomainEvent(.apiKeyCreated, on: .apiKey(id), terms.details, change: ResourceChange(after: key.members))
        )
    }

    /// The key with other terms; nil if they are the same. Fails like `create`, but allows expired terms.
    public func changed(to terms: APIKeyTerms, at now: Timestamp) throws(Failure) -> (APIKey, DomainEvent)? {
        guard terms != self.terms else { return nil }
        var key = next(at: now)
        key.terms = terms
        try key.requireUsable()
        return (key, DomainEvent(.apiKeyUpdated, on: .apiKey(id), terms.details, change: change(to: key)))
    }

    /// The key with a newer credential; the previous one stays valid for the overlap. Without overlap all older ones
    /// end at once; with overlap, fails with `apiKeyRotating` if two are valid already.
    public func rotated(
        to new: APIKeyCredential, overlap: Duration, at now: Timestamp
    ) throws(Failure) -> (APIKey, DomainEvent) {
        let live = credentials.filter { $0.isLive(at: now) }
        guard overlap == .zero || live.count < 2 else {
            throw Failure(
                .apiKeyRotating,
                "The key has two valid secrets. Wait until `ends_at`, or rotate with `overlap_seconds` 0.")
        }
        var key = next(at: now)
        key.credentials = [new]
        if overlap > .zero, let former = live.first { key.credentials.append(former.ending(at: now + overlap)) }
        try key.requireUsable()
        return (
            key,
            DomainEvent(
                .apiKeyRotated, on: .apiKey(id),
                ["secret": .string(new.publicPart), "overlap_seconds": .integer(overlap.milliseconds / 1000)],
                change: change(to: key))
        )
    }

    /// The event of its revocation.
    public func revoked() -> DomainEvent {
        DomainEvent(
            .apiKeyRevoked, on: .apiKey(id), ["name": .string(terms.name.text)],
            change: ResourceChange(before: members))
    }

    private func change(to next: APIKey) -> ResourceChange {
        ResourceChange(before: members, after: next.members)
    }

    /// All members that can change; of the secrets only the public parts.
    private var members: [String: JSONValue] {
        var members = terms.details
        members["credentials"] = .array(credentials.map(\.summary))
        return members
    }

    private func next(at now: Timestamp) -> APIKey {
        var key = self
        key.version += 1
        key.updatedAt = max(now, updatedAt)
        return key
    }

    private func requireUsable() throws(Failure) {
        guard !terms.requiresSignature || credentials.allSatisfy({ $0.signing != nil || $0.endsAt != nil }) else {
            throw .invalid(
                "signing_required", "requires `signing`: a key that requires signatures must have a signing key",
                at: "/requires_signature")
        }
    }
}

public typealias APIKeyID = Identifier<APIKey>

extension APIKey: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { .apiKey(id) }
}

/// Why an existing key is refused.
public enum APIKeyRefusal: String, Sendable, CaseIterable {
    case expired, disabled
    /// The secret was replaced.
    case superseded
    case addressNotAllowed = "address_not_allowed"
    case signatureRequired = "signature_required"
}

extension APIKey {
    /// Why its secret is refused; nil if it is valid. `digest` is the digest of a current or former secret of the key.
    public func refusal(ofSecret digest: [UInt8], from address: String?, at now: Timestamp) -> APIKeyRefusal? {
        if terms.requiresSignature { return .signatureRequired }
        guard credentials.contains(where: { $0.digest == digest && $0.isLive(at: now) }) else { return .superseded }
        return refusal(from: address, at: now)
    }

    /// The same for any use of the key.
    public func refusal(from address: String?, at now: Timestamp) -> APIKeyRefusal? {
        if terms.status == .disabled { return .disabled }
        if let end = terms.expiresAt, end <= now { return .expired }
        return terms.networks.allow(address) ? nil : .addressNotAllowed
    }

    public var principal: APIKeyPrincipal {
        APIKeyPrincipal(id: id, tenant: tenant, scopes: terms.scopes)
    }
}

/// The principal of a valid API key.
public struct APIKeyPrincipal: Sendable, Equatable {
    public let id: APIKeyID
    public let tenant: TenantID
    public let scopes: Set<Permission>

    public init(id: APIKeyID, tenant: TenantID, scopes: Set<Permission>) {
        self.id = id
        self.tenant = tenant
        self.scopes = scopes
    }
}

/// The time and address of a key's use.
public struct APIKeyUse: Sendable, Hashable {
    /// Uses closer together are stored as one.
    public static let precision = Duration.seconds(60)

    public let at: Timestamp
    public let address: String?

    public init(at moment: Timestamp, address: String?) {
        at = moment
        self.address = address
    }
}
