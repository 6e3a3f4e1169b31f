internal import Logging
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import TenonMemory

/// What everything else leans on.
struct Core {
    let logger: Logger
    /// Where the logger writes; to be flushed at the end.
    let output: LogOutput
    let clock: any WallClock
    let randomness: any Randomness
    let identifiers: Identifiers
    let cache: ConfigCache
    let watchTable: WatchTable
    let heavy = HeavyThreads()
    /// Who hears of credentials that became void.
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
            logger.warning("log lines were dropped: nobody read them", metadata: ["lines": "\(count)"])
        }
        cache = ConfigCache(bytes: settings.cacheBytes)
        watchTable = WatchTable()
    }

    /// Who hears of changed namespaces.
    var revisions: any RevisionObserver { RevisionObservers([cache, watchTable]) }

    var gauges: [ServiceMetrics.Gauge] {
        let cache = cache.counts
        return [
            .init("tenon_config_cache_hits_total", "Entries read from memory.", isCounter: true, Double(cache.hits)),
            .init(
                "tenon_config_cache_misses_total", "Entries that memory did not hold.", isCounter: true,
                Double(cache.misses)),
            .init("tenon_config_cache_bytes", "Bytes of entries in memory, about.", Double(cache.bytes)),
            .init(
                "tenon_log_lines_dropped_total", "Log lines dropped because nobody read standard output.",
                isCounter: true, Double(output.dropped)),
            .init("tenon_config_watchers", "Open watches of namespaces.", Double(watchTable.count)),
        ]
    }
}
