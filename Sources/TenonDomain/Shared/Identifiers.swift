/// Makes ids: UUID version 7 (RFC 9562) from the clock and the randomness.
public struct Identifiers: Sendable {
    private let clock: any WallClock
    private let randomness: any Randomness

    public init(clock: any WallClock, randomness: any Randomness) {
        self.clock = clock
        self.randomness = randomness
    }

    /// A fresh id: 48 bits of milliseconds, the version, 12 random bits, the variant, 62 random bits.
    public func next<Entity>(_: Entity.Type = Entity.self) -> Identifier<Entity> {
        let random = randomness.bytes(10)
        let time = UInt64(bitPattern: clock.now().millisecondsSince1970) << 16
        let a = UInt64(random[0] & 0x0F) << 8 | UInt64(random[1])
        let b = random[2...].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Identifier(high: time | 0x7000 | a, low: b & 0x3FFF_FFFF_FFFF_FFFF | 0x8000_0000_0000_0000)
    }
}
