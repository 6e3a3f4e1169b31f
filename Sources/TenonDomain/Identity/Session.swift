public import TenonKit

/// A login: one row, and a counter that identifies the current refresh token (RFC 9700 §4.14). No token is stored; each
/// carries the counter, authenticated with the session's own key.
public struct Session: Sendable, Equatable, Identified {
    public static let idPrefix = "ses"
    /// The maximum number of active sessions per user; a new one ends the oldest.
    public static let maxCount = 1000
    /// Sessions are kept this long after their end, so that later uses of their tokens are recorded.
    public static let retention = Duration.seconds(86_400)

    /// The maximum clock difference of two processes that refresh one session concurrently. A larger difference does
    /// not extend the grace period.
    private static let clockDifference = Duration.seconds(1)

    public let id: SessionID
    public let tenant: TenantID
    public let user: UserID
    /// The counter of the current refresh token; the first one carries 1.
    public private(set) var counter: Int64
    public let createdAt: Timestamp
    /// When the current token was first issued.
    public private(set) var rotatedAt: Timestamp
    /// The session ends at this time without a rotation.
    public private(set) var idleUntil: Timestamp
    /// The session ends at this time in any case.
    public let endsAt: Timestamp
    public private(set) var endedAt: Timestamp?
    /// The address of the login, for the user to recognise.
    public let address: String?
    public let userAgent: String?

    /// From a store.
    public init(
        id: SessionID, tenant: TenantID, user: UserID, counter: Int64, createdAt: Timestamp, rotatedAt: Timestamp,
        idleUntil: Timestamp, endsAt: Timestamp, endedAt: Timestamp?, address: String?, userAgent: String?
    ) {
        self.id = id
        self.tenant = tenant
        self.user = user
        self.counter = counter
        self.createdAt = createdAt
        self.rotatedAt = rotatedAt
        self.idleUntil = idleUntil
        self.endsAt = endsAt
        self.endedAt = endedAt
        self.address = address
        self.userAgent = userAgent
    }

    /// Starts with the first token as the current one.
    public static func begin(
        id: SessionID, for user: User, from origin: Origin, lifetimes: TokenLifetimes, at now: Timestamp
    ) -> (Session, DomainEvent) {
        let session = Session(
            id: id, tenant: user.tenant, user: user.id, counter: 1, createdAt: now, rotatedAt: now,
            idleUntil: now + lifetimes.refreshIdle, endsAt: now + lifetimes.refreshTotal, endedAt: nil,
            address: origin.address, userAgent: origin.userAgent)
        let begun = DomainEvent(
            .sessionBegun, on: .session(id), ["user_id": .string(user.id.description)], by: user.id)
        return (session, begun)
    }

    /// The effect of a refresh token with the counter `presented`.
    public mutating func refresh(
        presenting presented: Int64, lifetimes: TokenLifetimes, at now: Timestamp
    ) -> RefreshOutcome {
        guard isAlive(at: now) else { return .over }
        if presented == counter {
            counter += 1
            rotatedAt = now
            idleUntil = now + lifetimes.refreshIdle
            return .rotated
        }
        let grace = rotatedAt - Self.clockDifference...rotatedAt + lifetimes.refreshReuse
        if presented == counter - 1, grace.contains(now) {
            return .repeated
        }
        return .replayed(end(at: now, because: "refresh_token_replayed"))
    }

    /// Whether it can still be refreshed.
    public func isAlive(at now: Timestamp) -> Bool {
        endedAt == nil && now < idleUntil && now < endsAt
    }

    /// Ends it permanently. `reason` is `snake_case`.
    public mutating func end(at now: Timestamp, because reason: String = "ended") -> DomainEvent {
        endedAt = now
        return DomainEvent(
            .sessionEnded, on: .session(id),
            ["user_id": .string(user.description), "reason": .string(reason)])
    }
}

public typealias SessionID = Identifier<Session>

/// The outcome of a refresh.
public enum RefreshOutcome: Sendable, Equatable {
    /// The next token is current now.
    case rotated
    /// The previous token within the grace period, after a lost response or in a parallel tab. The current token is
    /// returned again and nothing changes.
    case repeated
    /// A used token, so it was copied. The session has ended, which must be stored.
    case replayed(DomainEvent)
    /// The session had ended or expired before.
    case over
}

/// Token lifetimes.
public struct TokenLifetimes: Sendable {
    public var access: Duration
    public var refreshIdle: Duration
    public var refreshTotal: Duration
    /// How long the previous token still returns the current one.
    public var refreshReuse: Duration
    public var passwordReset: Duration

    public init(
        access: Duration = .seconds(1800), refreshIdle: Duration = .seconds(14 * 86_400),
        refreshTotal: Duration = .seconds(90 * 86_400), refreshReuse: Duration = .seconds(10),
        passwordReset: Duration = .seconds(1800)
    ) {
        self.access = access
        self.refreshIdle = refreshIdle
        self.refreshTotal = refreshTotal
        self.refreshReuse = refreshReuse
        self.passwordReset = passwordReset
    }
}
