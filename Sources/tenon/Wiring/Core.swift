internal import Logging
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonMemory

/// Process-wide dependencies: logger, clock, caches.
struct Core {
    let logger: Logger
    /// The logger's output. Flushed before the process exits.
    let output: LogOutput
    let clock: any WallClock
    let randomness: any Randomness
    let identifiers: Identifiers
    let cache: ConfigCache
    let watchTable: WatchTable
    let heavy = HeavyThreads()
    /// Receives credentials that were revoked.
    let access = AccessObservers()

    /// The core of a process with these settings.
    init(_ settings: Settings) {
        let clock = SystemClock()
        let randomness = SystemRandomness()
        self.clock = clock
        self.randomness = randomness
        identifiers = Identifiers(clock: clock, randomness: randomness)
        let output = LogOutput()
        self.output = output
        logger = Logger(label: "tenon") { label in
            LineLogHandler(
                label: label, level: settings.logLevel, format: settings.logFormat, clock: clock, output: output)
        }
        output.onDrops { [logger] count in
            logger.warning("log lines were dropped: standard output was not read", metadata: ["lines": "\(count)"])
        }
        cache = ConfigCache(bytes: settings.cacheBytes)
        watchTable = WatchTable()
    }

    /// Receives the namespaces that changed.
    var revisions: any RevisionObserver { RevisionObservers([cache, watchTable]) }

    var gauges: [ServiceMetrics.Gauge] {
        let cache = cache.counts
        return [
            .init(
                "tenon_config_cache_hits_total", "Reads of entries from memory.", isCounter: true, Double(cache.hits)),
            .init(
                "tenon_config_cache_misses_total", "Reads of entries that were not in memory.", isCounter: true,
                Double(cache.misses)),
            .init("tenon_config_cache_bytes", "Approximate bytes of entries in memory.", Double(cache.bytes)),
            .init(
                "tenon_log_lines_dropped_total", "Log lines dropped because standard output was not read.",
                isCounter: true, Double(output.dropped)),
            .init("tenon_config_watchers", "Open watches of namespaces.", Double(watchTable.count)),
        ]
    }
}
