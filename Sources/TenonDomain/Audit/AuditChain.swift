public import TenonKit

/// The position of a record in its tenant's chain.
public struct AuditLink: Sendable, Hashable {
    /// From 1, without gaps.
    public let sequence: Int64
    public let record: AuditRecordID
    /// SHA-256 of the hash before and the record's canonical bytes; 32 bytes.
    public let hash: [UInt8]

    public init(sequence: Int64, record: AuditRecordID, hash: [UInt8]) {
        self.sequence = sequence
        self.record = record
        self.hash = hash
    }

    /// The hash before the first link.
    public static let genesis = [UInt8](repeating: 0, count: 32)
}

/// A signed statement about the end of a tenant's chain.
public struct AuditHead: Sendable, Equatable {
    /// The `typ` of a head (RFC 7515), so that no head can be used as an access token.
    public static let type = "tenon-audit-head+jws"

    /// Its chain. A chain with the head of another is not proven.
    public let place: AuditChainPlace
    public let sequence: Int64
    public let hash: [UInt8]
    public let madeAt: Timestamp
    /// The statement as a compact JWS.
    public let signed: String

    public init(place: AuditChainPlace, sequence: Int64, hash: [UInt8], madeAt: Timestamp, signed: String) {
        self.place = place
        self.sequence = sequence
        self.hash = hash
        self.madeAt = madeAt
        self.signed = signed
    }

    /// The signed statement.
    public static func statement(
        place: AuditChainPlace, sequence: Int64, hash: [UInt8], madeAt: Timestamp
    ) -> JSONValue {
        [
            "tenant": .string(place.tenant.description), "chain": .string(place.name), "sequence": .integer(sequence),
            "hash": .string(Base64URL.encode(hash)), "made_at": .string(madeAt.description),
        ]
    }

    /// Whether this is the statement that was signed.
    func fits(_ statement: JSONValue) -> Bool {
        statement == Self.statement(place: place, sequence: sequence, hash: hash, madeAt: madeAt)
    }
}

/// A key that signed heads. Token-signing keys are deleted when no token needs them; heads remain.
public struct AuditKey: Sendable, Equatable {
    public let key: PublicSigningKey
    /// Only the installation can create it, so that an attacker who can write to the database cannot add a key.
    public let seal: [UInt8]

    public init(key: PublicSigningKey, seal: [UInt8]) {
        self.key = key
        self.seal = seal
    }

    public init(_ key: PublicSigningKey, sealedBy digests: any KeyedDigests) {
        self.init(key: key, seal: digests.digest(Array(key.keyID.utf8) + key.ed25519, for: .auditKey))
    }

    public func isGenuine(by digests: any KeyedDigests) -> Bool {
        self == AuditKey(key, sealedBy: digests)
    }
}

/// Records that become links, and the head after them.
public struct AuditExtension: Sendable {
    public let links: [AuditLink]
    public let head: AuditHead

    public init(links: [AuditLink], head: AuditHead) {
        self.links = links
        self.head = head
    }
}

/// The location of a chain: each database has one per tenant for the records in it.
public enum AuditChainPlace: Sendable, Hashable {
    /// In the shared database, which also records changes of a tenant that has its own database.
    case shared(TenantID)
    /// In the tenant's own database.
    case own(TenantID)

    public var tenant: TenantID {
        switch self {
        case .shared(let tenant), .own(let tenant): tenant
        }
    }

    /// `shared` or `own`, as in heads and exports.
    public var name: String {
        switch self {
        case .shared: "shared"
        case .own: "own"
        }
    }

    /// Nil for any other name.
    init?(_ name: String, of tenant: TenantID) {
        guard let place = [Self.shared(tenant), .own(tenant)].first(where: { $0.name == name }) else { return nil }
        self = place
    }
}

/// The chains of all tenants, for the job that extends them; never for a request.
///
/// Requirements, each with a contract test: when several processes extend one tenant's chain, one does; every record
/// becomes a link once; nothing in a chain ever changes.
public protocol AuditChain: Sendable {
    /// The chains that have, or may have, records without a link: at most `limit` places of the shared database.
    /// Records that this process wrote in tenants' own databases are found at once, those of other processes in turn.
    func waiting(limit: Int) async throws(Failure) -> [AuditChainPlace]

    /// Passes the chain's last link and the waiting records, at most `limit`, in the order of their ids, to `extend`,
    /// and stores its result in one transaction. Returns the number of records; nil if another process is extending
    /// this chain. Fails if its database is unreachable.
    func extend(
        _ place: AuditChainPlace, limit: Int,
        by extend: @Sendable (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int?

    /// Stores the key, for the chains of all places, unless its id already exists.
    func addIfAbsent(_ key: AuditKey) async throws(Failure)
}

/// SHA-256 (FIPS 180-4).
public protocol ChainHash: Sendable {
    /// 32 bytes.
    func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8]
}
