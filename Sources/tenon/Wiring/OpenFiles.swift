internal import Glibc

/// The limit of open files. Every connection needs one.
enum OpenFiles {
    /// Raises it to the hard limit. The usual soft limit of 1024 exists for programs that still use `select`.
    static func raiseLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
