internal import TenonApplication
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonYAML

extension ConfigurationUseCases {
    init(_ parts: UseCaseDependencies) {
        self.init(
            parts.ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: parts.cache,
            table: parts.watchTable)
    }
}

extension ContextServices {
    static func configuration(_ parts: UseCaseDependencies) -> ContextServices {
        let (cache, table) = (parts.cache, parts.watchTable)
        let follow = FollowRevisions(feed: parts.storage.revisionFeed, cache: cache, table: table)
        return ContextServices(
            jobs: { jobs in
                [
                    jobs.untilShutdown { await follow.listen() },
                    jobs.every(
                        .seconds(1),
                        failing:
                            "changes of other processes cannot be read; after 5 s entries are read from the database"
                    ) { () throws(Failure) in try await follow.ask() },
                ]
            },
            gauges: {
                let counts = cache.counts
                return [
                    .init(
                        "tenon_config_cache_hits_total", "Entries read from memory.", isCounter: true,
                        Double(counts.hits)),
                    .init(
                        "tenon_config_cache_misses_total", "Entries that memory did not hold.", isCounter: true,
                        Double(counts.misses)),
                    .init("tenon_config_cache_bytes", "Bytes of entries in memory, about.", Double(counts.bytes)),
                    .init("tenon_config_watchers", "Open watches of namespaces.", Double(table.count)),
                ]
            })
    }
}
