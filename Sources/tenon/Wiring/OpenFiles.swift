internal import Glibc

/// The limit of open files, of which every connection takes one.
enum OpenFiles {
    /// Up to what the operator allows; the usual soft limit of 1024 is there for programs that still use `select`.
    static func raiseLimit() {
        var limit = rlimit()
        let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        _ = setrlimit(resource, &limit)
    }
}
