public import TenonKit

/// One step in the rotation of token-signing keys.
public enum SigningKeyStep: Sendable, Equatable {
    /// Publishes a new key to verifiers before it signs.
    case publish(StoredSigningKey)
    /// The pending key signs from now on, and the active one retires.
    case activate(pending: String, retiring: String)
    /// Deletes the retiring key; no valid token was signed with it.
    case remove(String)

    /// The event for the platform's audit log.
    public var event: DomainEvent {
        switch self {
        case .publish(let key): DomainEvent(.signingKeyPublished, on: .signingKey(key.keyID))
        case .activate(let pending, let retiring):
            DomainEvent(.signingKeyActivated, on: .signingKey(pending), ["retiring": .string(retiring)])
        case .remove(let keyID): DomainEvent(.signingKeyRemoved, on: .signingKey(keyID))
        }
    }
}

/// Changes the token-signing keys: for operators' commands, never for a request.
///
/// Requirements, each with a contract test: of concurrent steps one succeeds; at most one key is pending and exactly
/// one active; a key is replaced only if it is unchanged since it was read; each step has a record in the platform's
/// audit log.
public protocol SigningKeyRotation: Sendable {
    /// Takes the step now. Returns false and changes nothing if the keys are not in the step's starting states.
    func take(_ step: SigningKeyStep, at now: Timestamp, as caller: Caller) async throws(Failure) -> Bool

    /// Stores the new wrapping of a key unless the old one has changed since; returns whether it did.
    func replaceWrapping(of old: StoredSigningKey, by new: SealedBytes) async throws(Failure) -> Bool
}

/// When each step is due: the next key is published long enough before its first use that every verifier has fetched
/// it, and the last one is kept until every token that it signed has expired.
public struct SigningKeySchedule: Sendable, Equatable {
    public enum Due: Sendable, Equatable {
        case activate(pending: String, retiring: String)
        case remove(String)
        case wait(until: Timestamp)
        /// No rotation is in progress.
        case nothing
    }

    /// How long other services may cache the published keys: `max-age` of the JWK Set.
    public static let cacheLifetime = Duration.seconds(300)
    /// How often a process reads the keys again.
    public static let reloadInterval = Duration.seconds(30)
    /// The maximum clock difference between hosts.
    private static let skew = Duration.seconds(60)

    private let publication: Duration
    private let retention: Duration

    /// `accessTokens` is the maximum lifetime of an access token.
    public init(accessTokens: Duration) {
        publication = Self.cacheLifetime + Self.reloadInterval + Self.skew
        retention = accessTokens + Self.reloadInterval + Self.skew
    }

    public func due(_ keys: [StoredSigningKey], at now: Timestamp) -> Due {
        let retiring = keys.filter { $0.state == .retiring }
        if let spent = retiring.first(where: { $0.stateSince + retention <= now }) { return .remove(spent.keyID) }
        let pending = keys.first { $0.state == .pending }
        if let pending, pending.stateSince + publication <= now, let active = keys.first(where: { $0.state == .active })
        {
            return .activate(pending: pending.keyID, retiring: active.keyID)
        }
        let moments = retiring.map { $0.stateSince + retention } + (pending.map { [$0.stateSince + publication] } ?? [])
        return moments.min().map { .wait(until: $0) } ?? .nothing
    }
}
