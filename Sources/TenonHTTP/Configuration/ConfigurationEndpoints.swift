internal import TenonApplication
internal import TenonHTTPServer

extension ContextEndpoints {
    static let configuration = ContextEndpoints(tag: "Configuration") { catalog, parts in
        catalog.addConfiguration(parts.useCases.configuration, paging: parts.paging)
    }
}

extension EndpointCatalog {
    mutating func addConfiguration(_ useCases: ConfigurationUseCases, paging: Paging) {
        addNamespaces(useCases, paging: paging)
        add(CreateConfigEndpoint(useCases.createConfig))
        add(ListConfigsEndpoint(useCases.listConfigs, paging: paging))
        add(BatchConfigsEndpoint(useCases.batchConfigs))
        add(ImportConfigsEndpoint(useCases.importConfigs))
        add(ExportConfigsEndpoint(useCases.exportConfigs))
        add(WatchNamespaceEndpoint(useCases.watchNamespace))
        add(GetConfigEndpoint(useCases.getConfig))
        add(PutConfigEndpoint(useCases.putConfig))
        add(PatchConfigEndpoint(useCases.patchConfig))
        add(DeleteConfigEndpoint(useCases.deleteConfig))
        add(RestoreConfigEndpoint(useCases.restoreConfig))
        add(RollBackConfigEndpoint(useCases.rollBackConfig))
        add(ListConfigVersionsEndpoint(useCases.listConfigVersions, paging: paging))
        add(GetConfigVersionEndpoint(useCases.getConfig))
        add(DiffConfigVersionsEndpoint(useCases.diffConfigVersions))
    }
}
