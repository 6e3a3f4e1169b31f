public import Logging
public import ServiceLifecycle
public import TenonApplication
internal import TenonCrypto
public import TenonDomain
internal import TenonHTTP
public import TenonHTTPServer

/// Tenon on a storage: its use cases, and the services that run beside them.
///
/// One process makes one of it. Reads follow other processes' changes only while its `services` run.
@dynamicMemberLookup
public struct Tenon: Sendable {
    public static let apiVersion = "v1"

    package let parts: UseCaseDependencies
    public let useCases: UseCases
    /// Whether the service is starting, running or draining; for `/health`.
    package let life = ServiceLife()
    public let metrics: ServiceMetrics
    /// The endpoints of the API.
    package var catalog: EndpointCatalog
    /// Nil where requests are not limited.
    package var limiter: RateLimiter?
    private let contexts: [ContextServices]
    private let reports = JobReports()

    /// Opens the keys, and makes those that are missing. Fails with `keyEncryptionKeyMissing`, `keyEncryptionKeyWrong` or
    /// `keyFileUnusable` where they do not open the data; the storage is not closed then.
    public init(
        on storage: any StorageAdapters, keys: EncryptionKeySource, options: TenonOptions = TenonOptions()
    ) async throws(Failure) {
        parts = try await UseCaseDependencies(storage, keys, options)
        contexts = ContextServices.all(parts)
        limiter = parts.limiter
        useCases = UseCases(parts, probes: contexts.flatMap(\.probes))
        metrics = ServiceMetrics(contexts.map(\.gauges) + [{ [reports] in reports.gauges }])
        catalog = .tenon(
            useCases, signer: parts.keyring.signer, paging: Paging(digests: parts.ports.digests), life: life,
            metrics: metrics, documentation: options.documentation, version: Self.apiVersion)
    }

    /// The use cases of a context: `tenon.configuration.createNamespace`.
    public subscript<Context>(dynamicMember context: KeyPath<UseCases, Context>) -> Context {
        useCases[keyPath: context]
    }

    /// What runs beside the use cases, in the order of starting, for one `ServiceGroup`. First reads the revocations from
    /// before the start of this process.
    public func services(_ logger: Logger) async throws(Failure) -> [any Service] {
        try await parts.followAccess.catchUp()
        let jobs = BackgroundJobs(logger: logger, reports: reports)
        return [StorageService(storage: parts.storage)] + contexts.flatMap { $0.jobs(jobs) }
    }

    /// The API, to be added to `services`. `onServing` is called once, when connections are accepted. For `drainDelay` after
    /// the beginning of a shutdown `/health/ready` fails and requests are served.
    public func server(
        _ settings: HTTPServerSettings = HTTPServerSettings(), drainDelay: Duration = .zero, _ logger: Logger,
        onServing: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) -> [any Service] {
        let server = HTTPServer(catalog: catalog, edge: edge, settings: settings, logger: logger) { [life] port in
            life.enter(.running)
            await onServing(port)
        }
        return [server, DrainNotice(life: life, delay: drainDelay)]
    }

    private var edge: HTTPServer.Edge {
        let ports = parts.ports
        return HTTPServer.Edge(
            once: AnswerOnce(
                transactions: ports.transactions, sealer: ports.sealer, identifiers: ports.identifiers,
                clock: ports.clock),
            authenticate: parts.authenticate, authorizer: ports.authorizer, digests: ports.digests,
            denials: RecordDenial(transactions: ports.transactions, clock: ports.clock), clock: ports.clock,
            identifiers: ports.identifiers, metrics: metrics, limiter: limiter,
            heavy: parts.storage.process.heavy ?? HeavyThreads())
    }
}

extension Tenon {
    /// Makes a platform administrator, for the operator.
    public var createAdministrator: CreateAdministrator {
        CreateAdministrator(
            transactions: parts.ports.transactions, passwords: parts.options.passwords, hasher: parts.hasher,
            identifiers: parts.ports.identifiers, clock: parts.ports.clock)
    }

    /// Makes a token by which a user sets a new password, for the operator.
    public var issuePasswordReset: IssuePasswordReset {
        IssuePasswordReset(
            parts.ports, directory: parts.directory, lifetime: parts.options.lifetimes.passwordReset)
    }
}

extension ProcessDependencies {
    /// The system's clock, OpenSSL's randomness, and threads for work that may compute for long.
    public static func system() -> ProcessDependencies {
        ProcessDependencies(randomness: SystemRandomness(), heavy: HeavyThreads())
    }
}

extension Caller {
    /// A job of the embedding program, which may do everything within the tenant; without one, what platform administrators
    /// may do. Audit records contain `name`.
    public static func job(_ name: String, of tenant: TenantID = .platform) -> Caller {
        Caller(.system(job: name, tenant: tenant), from: Origin(requestID: name))
    }
}
