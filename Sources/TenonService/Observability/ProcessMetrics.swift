internal import FoundationEssentials
internal import Glibc
internal import TenonHTTP
internal import TenonHTTPServer

/// The operating system's figures about this process, under the names that Prometheus clients use.
package enum ProcessMetrics {
    @Sendable static func gauges() -> [ServiceMetrics.Gauge] {
        var usage = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        let seconds = [usage.ru_utime, usage.ru_stime].reduce(0.0) { $0 + Double($1.tv_sec) + Double($1.tv_usec) / 1e6 }
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 0
        return [
            .init("process_cpu_seconds_total", "CPU time, user and system.", isCounter: true, seconds),
            .init("process_resident_memory_bytes", "Resident memory.", Double(residentBytes)),
            .init("process_open_fds", "Open file descriptors.", Double(descriptors)),
            .init("process_max_fds", "Most file descriptors.", Double(limit.rlim_cur)),
        ]
    }

    package static var residentBytes: Int {
        guard let data = FileManager.default.contents(atPath: "/proc/self/statm") else { return 0 }
        let fields = String(decoding: data, as: UTF8.self).split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * sysconf(Int32(_SC_PAGESIZE)) : 0
    }
}
