/// What adapters and use cases share in one process: time, identifiers, randomness, and who hears of changes.
public struct ProcessDependencies: Sendable {
    public let clock: any WallClock
    public let randomness: any Randomness
    public let identifiers: Identifiers
    /// Threads for work that may compute for long; nil where it is done at once.
    public let heavy: (any HeavyWork)?
    /// Hear of every namespace that a commit has changed.
    public let revisions = RevisionObservers()
    /// Hear of every credential that a commit made void.
    public let access = AccessObservers()

    public init(
        clock: any WallClock = SystemClock(), randomness: any Randomness, identifiers: Identifiers? = nil,
        heavy: (any HeavyWork)? = nil
    ) {
        self.clock = clock
        self.randomness = randomness
        self.identifiers = identifiers ?? Identifiers(clock: clock, randomness: randomness)
        self.heavy = heavy
    }
}
