public import TenonKit

/// The place of a record in its tenant's chain.
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

    /// What stands before the first one.
    public static let genesis = [UInt8](repeating: 0, count: 32)
}

/// A signed statement on how far a tenant's chain has come.
public struct AuditHead: Sendable, Equatable {
    /// The `typ` of a head (RFC 7515): none passes for an access token.
    public static let type = "tenon-audit-head+jws"

    /// Which chain it is of: one with the head of another says nothing.
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

    /// What is signed.
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

/// A key that heads were signed with. Keys that sign tokens go when no token needs them any more; the heads stay.
public struct AuditKey: Sendable, Equatable {
    public let key: PublicSigningKey
    /// Only the installation makes it, so that nobody who can write to the database adds a key of his own.
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

/// Records that become links, and the head behind them.
public struct AuditExtension: Sendable {
    public let links: [AuditLink]
    public let head: AuditHead

    public init(links: [AuditLink], head: AuditHead) {
        self.links = links
        self.head = head
    }
}

/// Where a chain stands: each database has one of a tenant for what is recorded there.
public enum AuditChainPlace: Sendable, Hashable {
    /// In the database that tenants share, where also what is done to a tenant with one of its own is recorded.
    case shared(TenantID)
    /// In the tenant's own.
    case own(TenantID)

    public var tenant: TenantID {
        switch self {
        case .shared(let tenant), .own(let tenant): tenant
        }
    }

    /// `shared` or `own`, as heads and exports say it.
    public var name: String {
        switch self {
        case .shared: "shared"
        case .own: "own"
        }
    }

    /// Nil where the name is none.
    init?(_ name: String, of tenant: TenantID) {
        guard let place = [Self.shared(tenant), .own(tenant)].first(where: { $0.name == name }) else { return nil }
        self = place
    }
}

/// The chains of all tenants, for whoever extends them; never for a request.
///
/// Obligations, each with a contract test: of several that extend one tenant's chain at once one does; every record
/// becomes a link once; nothing of a chain is ever changed.
public protocol AuditChain: Sendable {
    /// Where there are records that are no links yet, or may be: `limit` places of the shared database at most. What is
    /// written in tenants' own databases by this process is found at once, what others wrote there in turn.
    func waiting(limit: Int) async throws(Failure) -> [AuditChainPlace]

    /// Hands the chain's last link and the records that wait, `limit` at most, in the order of their ids, to `extend`,
    /// and stores what it answers in one transaction. Answers how many there were; nil where somebody else extends this
    /// chain just now. Fails where its database does not answer.
    func extend(
        _ place: AuditChainPlace, limit: Int,
        by extend: @Sendable (AuditLink?, [StoredAuditRecord]) throws(Failure) -> AuditExtension
    ) async throws(Failure) -> Int?

    /// Keeps the key, for the chains of all places, unless one of its id stands already.
    func addIfAbsent(_ key: AuditKey) async throws(Failure)
}

/// SHA-256 (FIPS 180-4).
public protocol ChainHash: Sendable {
    /// 32 bytes.
    func sha256(_ bytes: UnsafeRawBufferPointer) -> [UInt8]
}
