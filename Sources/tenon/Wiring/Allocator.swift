internal import CMalloc

/// What glibc does with freed memory.
enum Allocator {
    /// Gives large blocks back to the system when they are freed. By itself glibc raises the threshold to the size of the
    /// largest block that was ever freed, up to 32 MiB (mallopt(3)); after that, bodies and answers are cut out of heaps
    /// that rarely shrink, and the process keeps for good what a burst took once.
    static func returnLargeBlocks() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
    }
}
