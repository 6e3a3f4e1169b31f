public import TenonKit

/// A sign-in that lasts: one row, and a counter that says which refresh token is the current one
/// (RFC 9700 §4.14). No token is stored; each carries the counter under the session's own key.
public struct Session: Sendable, Equatable, Identified {
    public static let idPrefix = "ses"
    /// How many a user can have that nobody ended; one more ends the oldest.
    public static let maxCount = 1000
    /// They stay this long after their end, so that whoever still comes with a token of theirs is written down.
    public static let retention = Duration.seconds(86_400)

    /// How far the clocks of two processes differ that refresh one session at once. A clock that is set back by more
    /// makes no grace longer.
    private static let clockDifference = Duration.seconds(1)

    public let id: SessionID
    public let tenant: TenantID
    public let user: UserID
    /// The counter of the current refresh token; the first one carries 1.
    public private(set) var counter: Int64
    public let createdAt: Timestamp
    /// When the current token was handed out first.
    public private(set) var rotatedAt: Timestamp
    /// Without a rotation until then the session is over.
    public private(set) var idleUntil: Timestamp
    /// Whatever happens, it is over then.
    public let endsAt: Timestamp
    public private(set) var endedAt: Timestamp?
    /// Where it began, for its owner to recognise.
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

    /// Begins with the first token already current.
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

    /// What presenting a refresh token with `presented` as its counter does.
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

    /// Ends it for good. `reason` is `snake_case`.
    public mutating func end(at now: Timestamp, because reason: String = "ended") -> DomainEvent {
        endedAt = now
        return DomainEvent(
            .sessionEnded, on: .session(id),
            ["user_id": .string(user.description), "reason": .string(reason)])
    }
}

public typealias SessionID = Identifier<Session>

/// What became of a refresh.
public enum RefreshOutcome: Sendable, Equatable {
    /// The next token is current now.
    case rotated
    /// The token before the current one, within the grace: a lost answer or a parallel tab. The current
    /// token is handed out again and nothing changes.
    case repeated
    /// A spent token: somebody has a copy. The session has ended, which must be stored.
    case replayed(DomainEvent)
    /// The session had ended or run out before.
    case over
}

/// How long what lives.
public struct TokenLifetimes: Sendable {
    public var access: Duration
    public var refreshIdle: Duration
    public var refreshTotal: Duration
    /// How long the token before the current one still gets the current one.
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
