internal import Glibc

/// Memory that was freed and that the allocator keeps for later, in the arenas of all threads that a burst ran on.
enum FreedMemory {
    /// Below this much resident memory nothing is given back: the next requests would take it again.
    private static let threshold = 100 << 20

    private typealias Trim = @convention(c) (Int) -> Int32

    /// Of glibc (malloc_trim(3)), which Swift's module does not show; nil where the system has another allocator.
    private static let trim = dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: Trim.self) }

    /// Gives it back to the system.
    static func giveBack() {
        guard ProcessMetrics.residentBytes > threshold else { return }
        _ = trim?(0)
    }
}
