internal import Synchronization
package import TenonKit

extension Identifier {
    /// Not less than any id created before the millisecond.
    package static func latest(at moment: Timestamp) -> Identifier {
        Identifier(high: UInt64(max(0, moment.millisecondsSince1970)) << 16, low: 0)
    }
}

/// Creates ids: UUID version 7 (RFC 9562) from the clock and the randomness. Ids of one instance ascend, also within a
/// millisecond: the 12 bits after the time are a counter (method 1 of §6.2), which borrows from the next millisecond
/// when it overflows.
public final class Identifiers: Sendable {
    private let clock: any WallClock
    private let randomness: any Randomness
    /// Milliseconds and counter of the last id.
    private let last = Mutex<(time: UInt64, count: UInt64)>((0, 0))

    public init(clock: any WallClock, randomness: any Randomness) {
        self.clock = clock
        self.randomness = randomness
    }

    /// A new id: 48 bits of milliseconds, the version, 12 bits of counter, the variant, 62 random bits.
    public func next<Entity>(_: Entity.Type = Entity.self) -> Identifier<Entity> {
        let now = UInt64(bitPattern: clock.now().millisecondsSince1970)
        let (time, count) = last.withLock { last in
            if now > last.time {
                last = (now, 0)
            } else if last.count < 0xFFF {
                last.count += 1
            } else {
                last = (last.time + 1, 0)
            }
            return last
        }
        let random = randomness.bytes(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Identifier(
            high: time << 16 | 0x7000 | count, low: random & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
