internal import Synchronization

/// The subject whose credentials a change revokes.
public enum AccessSubject: Sendable, Hashable {
    case session(SessionID)
    case user(UserID)
    case tenant(TenantID)
    case apiKey(APIKeyID)

    /// Parses an id, whose prefix names the kind. Nil for any other text.
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

    /// Whether access tokens name it. For other subjects a change only means that cached data is read again.
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

/// Credentials of a subject were revoked. Every process learns of it within a second: it refuses access tokens with an
/// older epoch, and reads cached data of the subject again.
public struct AccessChange: Sendable, Hashable, Identified {
    public static let idPrefix = "acc"
    /// Refuses every token of the subject.
    public static let always = Int64.max

    /// How long changes are kept. Access tokens, which they revoke, live for a day at most.
    public static let retention = Duration.seconds(3 * 86_400)

    public let id: Identifier<AccessChange>
    public let subject: AccessSubject
    /// For a user: the version from which on tokens are valid. Versions are counted in the database, so no clocks need
    /// to agree.
    public let epoch: Int64

    public init(id: Identifier<AccessChange>, _ subject: AccessSubject, epoch: Int64 = always) {
        self.id = id
        self.subject = subject
        self.epoch = epoch
    }
}

/// Holds cached data that such a change makes invalid. Called before the change is answered.
public protocol AccessObserver: Sendable {
    func changed(_ change: AccessChange)
}

/// Notifies several observers, which can join at any time.
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

/// The changes that any process has committed. They are deleted after `AccessChange.retention`.
public protocol AccessFeed: ExpiredRows {
    /// The changes of the last `within` seconds, by the database's clock.
    func changes(within: Duration) async throws(Failure) -> [AccessChange]

    /// Each change soon after another process committed it. These are hints, which can be lost.
    func news() -> AsyncStream<AccessChange>
}
