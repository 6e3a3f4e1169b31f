public import TenonDomain

/// The use cases of the context, put together.
public struct ConfigurationUseCases: Sendable {
    public let createNamespace: CreateNamespace
    public let getNamespace: GetNamespace
    public let listNamespaces: ListNamespaces
    public let updateNamespace: UpdateNamespace
    public let deleteNamespace: DeleteNamespace
    public let createConfig: CreateConfig
    public let putConfig: PutConfig
    public let patchConfig: PatchConfig
    public let deleteConfig: DeleteConfig
    public let restoreConfig: RestoreConfig
    public let rollBackConfig: RollBackConfig
    public let batchConfigs: BatchConfigs
    public let getConfig: GetConfig
    public let listConfigs: ListConfigs
    public let listConfigVersions: ListConfigVersions
    public let diffConfigVersions: DiffConfigVersions
    public let importConfigs: ImportConfigs
    public let exportConfigs: ExportConfigs
    public let watchNamespace: WatchNamespace

    /// `resolvers` answer references of other contexts. `cache` and `table` must be among the revision observers of the
    /// ports' transactions, or reads from memory get old and watches hear of nothing; where other processes write too,
    /// `FollowRevisions` tells them.
    public init(
        _ ports: Ports, documents: ConfigDocuments, resolvers: [any ReferenceResolver] = [], cache: ConfigCache,
        table: WatchTable
    ) {
        let (transactions, authorizer, sealer) = (ports.transactions, ports.authorizer, ports.sealer)
        let (identifiers, clock) = (ports.identifiers, ports.clock)
        let resolvers =
            [ConfigReferenceResolver(transactions: transactions, authorizer: authorizer, sealer: sealer)] + resolvers
        let revise = ReviseConfigs(
            transactions: transactions, authorizer: authorizer, sealer: sealer, identifiers: identifiers, clock: clock,
            digests: ports.digests, referenceKinds: Set(resolvers.map(\.kind)))
        let present = PresentConfigs(
            transactions: transactions, authorizer: authorizer, sealer: sealer, resolvers: resolvers)
        createNamespace = CreateNamespace(
            transactions: transactions, authorizer: authorizer, identifiers: identifiers, clock: clock)
        getNamespace = GetNamespace(transactions: transactions, authorizer: authorizer)
        listNamespaces = ListNamespaces(transactions: transactions, authorizer: authorizer)
        updateNamespace = UpdateNamespace(transactions: transactions, authorizer: authorizer, clock: clock)
        deleteNamespace = DeleteNamespace(transactions: transactions, authorizer: authorizer)
        createConfig = CreateConfig(revise)
        putConfig = PutConfig(revise)
        patchConfig = PatchConfig(revise)
        deleteConfig = DeleteConfig(revise)
        restoreConfig = RestoreConfig(revise)
        rollBackConfig = RollBackConfig(revise)
        batchConfigs = BatchConfigs(revise)
        getConfig = GetConfig(present, cache: cache)
        listConfigs = ListConfigs(present)
        listConfigVersions = ListConfigVersions(present)
        diffConfigVersions = DiffConfigVersions(present)
        importConfigs = ImportConfigs(revise, documents: documents)
        exportConfigs = ExportConfigs(present, documents: documents)
        watchNamespace = WatchNamespace(
            transactions: transactions, authorizer: authorizer, sealer: sealer, table: table)
    }
}
