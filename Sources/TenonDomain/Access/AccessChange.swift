internal import Synchronization

/// Whose credentials a change is about.
public enum AccessSubject: Sendable, Hashable {
    case session(SessionID)
    case user(UserID)
    case tenant(TenantID)
    case apiKey(APIKeyID)

    /// An id as text; its prefix says the kind. Nil for any other.
    public init?(_ text: String) {
        if let id = SessionID(text) {
            self = .session(id)
        } else if let id = UserID(text) {
            self = .user(id)
        } else if let id = TenantID(text) {
            self = .tenant(id)
        } else if let id = APIKeyID(text) {
            self = .apiKey(id)
        } else {
            return nil
        }
    }

    /// Whether access tokens name it. Of the others a change means only that what memory holds is read again.
    public var hasTokens: Bool {
        switch self {
        case .session, .user: true
        case .tenant, .apiKey: false
        }
    }

    public var text: String {
        switch self {
        case .session(let id): id.description
        case .user(let id): id.description
        case .tenant(let id): id.description
        case .apiKey(let id): id.description
        }
    }
}

/// Credentials of somebody stopped to be what they were. Every process hears of it within a second: access tokens that say
/// an older epoch are refused, and what memory holds of the subject is read again.
public struct AccessChange: Sendable, Hashable, Identified {
    public static let idPrefix = "acc"
    /// Refuses every token of the subject.
    public static let always = Int64.max

    /// How long they are kept: an access token, which they may make void, lives for a day at most.
    public static let retention = Duration.seconds(3 * 86_400)

    public let id: Identifier<AccessChange>
    public let subject: AccessSubject
    /// Of a user: the version from which on tokens are good. Versions count in the database, so that no two clocks have to
    /// agree on what came first.
    public let epoch: Int64

    public init(id: Identifier<AccessChange>, _ subject: AccessSubject, epoch: Int64 = always) {
        self.id = id
        self.subject = subject
        self.epoch = epoch
    }
}

/// Somebody in this process who keeps what such a change makes void. Is told before the change is answered.
public protocol AccessObserver: Sendable {
    func changed(_ change: AccessChange)
}

/// Tells several observers, which can join while it is in use.
public final class AccessObservers: AccessObserver {
    private let all: Mutex<[any AccessObserver]>

    public init(_ all: [any AccessObserver] = []) {
        self.all = Mutex(all)
    }

    public func add(_ observer: any AccessObserver) {
        all.withLock { $0.append(observer) }
    }

    public func changed(_ change: AccessChange) {
        for observer in all.withLock({ $0 }) { observer.changed(change) }
    }
}

/// The changes that any process has committed. They are forgotten after `AccessChange.retention`.
public protocol AccessFeed: ExpiredRows {
    /// Those of the last so many seconds, by the database's clock.
    func changes(within: Duration) async throws(Failure) -> [AccessChange]

    /// Each soon after it was committed by another process: a hint, which can be lost.
    func news() -> AsyncStream<AccessChange>
}
