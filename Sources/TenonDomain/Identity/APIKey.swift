public import TenonKit

/// A credential of a tenant for programs. It belongs to the tenant and goes on when whoever made it is gone.
///
/// It has one live secret, and two while it is rotated. Of a secret only a keyed digest is stored.
public struct APIKey: Sendable, Equatable, Identified {
    public static let idPrefix = "key"

    public let id: APIKeyID
    public let tenant: TenantID
    public private(set) var terms: APIKeyTerms
    /// The newest one first. The second one has an end, which may have come.
    public private(set) var credentials: [APIKeyCredential]
    /// Counts the changes, from 1; the entity tag of the resource. Uses are none.
    public private(set) var version: Int64
    /// The author's `Caller.subject`.
    public let createdBy: String
    public let createdAt: Timestamp
    public private(set) var updatedAt: Timestamp
    /// To about a minute.
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

    /// Fails as `validationFailed` where the terms do not fit the credential or have run out.
    public static func create(
        id: APIKeyID, tenant: TenantID, terms: APIKeyTerms, credential: APIKeyCredential, by author: String,
        at now: Timestamp
    ) throws(Failure) -> (APIKey, DomainEvent) {
        let key = APIKey(
            id: id, tenant: tenant, terms: terms, credentials: [credential], version: 1, createdBy: author,
            createdAt: now, updatedAt: now, lastUse: nil)
        try key.requireUsable()
        if let end = terms.expiresAt, end <= now {
            throw .invalid("expiry_in_the_past", "A key expires in the future.", at: "/expires_at")
        }
        return (
            key, DomainEvent(.apiKeyCreated, on: .apiKey(id), terms.details, change: ResourceChange(after: key.members))
        )
    }

    /// The key under other terms; nil where they are the same. Fails as `create` does, but may have run out.
    public func changed(to terms: APIKeyTerms, at now: Timestamp) throws(Failure) -> (APIKey, DomainEvent)? {
        guard terms != self.terms else { return nil }
        var key = next(at: now)
        key.terms = terms
        try key.requireUsable()
        return (key, DomainEvent(.apiKeyUpdated, on: .apiKey(id), terms.details, change: change(to: key)))
    }

    /// The key with a newer credential; the one before lives on for the overlap. With no overlap all older ones end at
    /// once; with one, `apiKeyRotating` where two live already.
    public func rotated(
        to new: APIKeyCredential, overlap: Duration, at now: Timestamp
    ) throws(Failure) -> (APIKey, DomainEvent) {
        let live = credentials.filter { $0.isLive(at: now) }
        guard overlap == .zero || live.count < 2 else {
            throw Failure(.apiKeyRotating, "The secret before the newest one still lives.")
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

    /// It is gone.
    public func revoked() -> DomainEvent {
        DomainEvent(
            .apiKeyRevoked, on: .apiKey(id), ["name": .string(terms.name.text)],
            change: ResourceChange(before: members))
    }

    private func change(to next: APIKey) -> ResourceChange {
        ResourceChange(before: members, after: next.members)
    }

    /// Everything that can change; of the secrets what may be shown.
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
                "signing_required", "A key that requires signatures has a signing key.", at: "/requires_signature")
        }
    }
}

public typealias APIKeyID = Identifier<APIKey>

extension APIKey: Protected {
    public var owner: TenantID { tenant }
    public var reference: ResourceReference { .apiKey(id) }
}

/// Why a key that exists is not taken.
public enum APIKeyRefusal: String, Sendable, CaseIterable {
    case expired, disabled
    /// The secret was replaced.
    case superseded
    case addressNotAllowed = "address_not_allowed"
    case signatureRequired = "signature_required"
}

extension APIKey {
    /// Why its secret is not taken; nil where it is. `digest` is the secret's, of which the key is or was.
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

/// What a valid API key proves.
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

/// When and from where a key was used.
public struct APIKeyUse: Sendable, Hashable {
    /// Two uses nearer to each other are written down as one.
    public static let precision = Duration.seconds(60)

    public let at: Timestamp
    public let address: String?

    public init(at moment: Timestamp, address: String?) {
        at = moment
        self.address = address
    }
}
