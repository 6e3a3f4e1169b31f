public import TenonDomain

/// The use cases of the context.
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

    /// `resolvers` resolve references of other contexts. `cache` and `table` must be among the revision observers of
    /// the ports' transactions; otherwise cached reads become stale and watches see no changes. If other processes
    /// write too, `FollowRevisions` notifies them.
    public init(
        _ ports: Ports, documents: ConfigDocuments, resolvers: [any ReferenceResolver] = [], cache: ConfigCache,
        table: WatchTable
    ) {
        let (transactions, authorizer, sealer) = (ports.transactions, ports.authorizer, ports.sealer)
        let (identifiers, clock) = (ports.identifiers, ports.clock)
        let resolvers =
            [ConfigReferenceResolver(stores: Reads(transactions) { $0 }, authorizer: authorizer, sealer: sealer)]
            + resolvers
        let revise = ReviseConfigs(
            transactions: transactions, authorizer: authorizer, sealer: sealer, identifiers: identifiers, clock: clock,
            digests: ports.digests, referenceKinds: Set(resolvers.map(\.kind)))
        let present = PresentConfigs(
            stores: Reads(transactions) { $0 }, transactions: Writes(transactions) { $0 }, authorizer: authorizer,
            sealer: sealer, resolvers: resolvers)
        createNamespace = CreateNamespace(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, identifiers: identifiers, clock: clock)
        getNamespace = GetNamespace(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        listNamespaces = ListNamespaces(stores: Reads(transactions) { $0 }, authorizer: authorizer)
        updateNamespace = UpdateNamespace(
            transactions: Writes(transactions) { $0 }, authorizer: authorizer, clock: clock)
        deleteNamespace = DeleteNamespace(transactions: Writes(transactions) { $0 }, authorizer: authorizer)
        createConfig = CreateConfig(revise: revise)
        putConfig = PutConfig(revise: revise)
        patchConfig = PatchConfig(revise: revise)
        deleteConfig = DeleteConfig(revise: revise)
        restoreConfig = RestoreConfig(revise: revise)
        rollBackConfig = RollBackConfig(revise: revise)
        batchConfigs = BatchConfigs(revise: revise)
        getConfig = GetConfig(present: present, cache: cache)
        listConfigs = ListConfigs(present: present)
        listConfigVersions = ListConfigVersions(present: present)
        diffConfigVersions = DiffConfigVersions(present: present)
        importConfigs = ImportConfigs(revise: revise, documents: documents)
        exportConfigs = ExportConfigs(present: present, documents: documents)
        watchNamespace = WatchNamespace(
            transactions: transactions, authorizer: authorizer, sealer: sealer, table: table)
    }
}
