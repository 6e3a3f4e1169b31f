internal import Glibc
internal import TenonService

/// Freed memory that the allocator keeps in the arenas of all threads after a burst.
enum FreedMemory {
    /// Below this much resident memory nothing is returned, because the next requests would need it again.
    private static let threshold = 100 << 20

    private typealias Trim = @convention(c) (Int) -> Int32

    /// glibc's malloc_trim(3), which Swift's module does not export; nil with another allocator.
    private static let trim = dlsym(nil, "malloc_trim").map { unsafeBitCast($0, to: Trim.self) }

    /// Returns it to the system.
    static func giveBack() {
        guard ProcessMetrics.residentBytes > threshold else { return }
        _ = trim?(0)
    }
}
