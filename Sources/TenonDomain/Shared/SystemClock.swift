internal import FoundationEssentials
public import TenonKit

/// The system's clock.
public struct SystemClock: WallClock {
    private static let start = (wall: read(), steady: ContinuousClock.now)

    public init() {}

    public func now() -> Timestamp { Self.read() }

    public func steady() -> Timestamp { Self.start.wall + (ContinuousClock.now - Self.start.steady) }

    private static func read() -> Timestamp {
        Timestamp(millisecondsSince1970: Int64((Date().timeIntervalSince1970 * 1000).rounded(.down)))
    }
}
