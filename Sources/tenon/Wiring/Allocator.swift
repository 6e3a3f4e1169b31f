internal import CMalloc

/// Settings of glibc's allocator.
enum Allocator {
    /// Returns large blocks to the system when they are freed. By default glibc raises the threshold to the size of the
    /// largest freed block, up to 32 MiB (mallopt(3)). After that, bodies and responses come from heaps that rarely
    /// shrink, and the process keeps the memory of a burst for good.
    static func returnLargeBlocks() {
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 8 << 20)
    }
}
