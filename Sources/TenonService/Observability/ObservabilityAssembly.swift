internal import TenonDomain

extension ContextServices {
    static func observability(_ parts: UseCaseDependencies) -> ContextServices {
        ContextServices(gauges: ProcessMetrics.gauges, probes: parts.storage.probes)
    }
}
