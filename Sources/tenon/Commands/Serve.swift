internal import ArgumentParser
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import TenonApplication
internal import TenonCrypto
internal import TenonDomain
internal import TenonHTTP
internal import UnixSignals

/// `tenon serve`
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Serve the API.")

    @Option(help: "Address to listen on. Default: HOST.") var host: String?
    @Option(help: "Port to listen on. Default: PORT.") var port: Int?
    @Option(help: "Data folder of the private PostgreSQL. Default: TENON_DATA_DIR.") var dataDir: String?
    @Flag(help: "Keep all data in memory, and lose it on exit.") var inMemory = false

    func run() async throws {
        // Requests run on the event loops of their connections.
        NIOSingletons.groupLoopCountSuggestion = System.coreCount
        OpenFiles.raiseLimit()
        Allocator.returnLargeBlocks()
        let settings = try Settings.load(dataFolder: dataDir)
        let core = Core(settings)
        defer { core.output.flush() }
        let life = ServiceLife()
        for name in settings.ignored { core.logger.notice("\(name) is set but not used by Tenon") }
        let configured = try EncryptionKeys.set(in: settings) { warning in core.logger.warning("\(warning)") }
        if configured == nil, !inMemory {
            core.logger.warning("ENCRYPTION_KEY is not set: using the key in \(EncryptionKeys.file(settings).path)")
        }
        let storage = try await Storage.open(settings, inMemory: inMemory, core)
        let wiring: ServiceWiring
        do {
            let keks: KeyEncryptionKeys
            if let configured {
                keks = configured
            } else {
                keks = try await EncryptionKeys.made(settings, for: storage, randomness: core.randomness)
            }
            wiring = try await ServiceWiring(settings, storage: storage, keks: keks, life: life, core)
            try await wiring.followAccess.catchUp()
        } catch {
            await storage.abandon()
            throw error
        }
        var serverSettings = settings.server
        if let host { serverSettings.host = host }
        if let port { serverSettings.port = port }
        let server = HTTPServer(
            catalog: wiring.catalog, edge: wiring.edge, settings: serverSettings, logger: core.logger
        ) { [logger = core.logger, serverSettings] port in
            life.enter(.running)
            logger.notice(
                "serving",
                metadata: [
                    "address": "\(serverSettings.tls == nil ? "http" : "https")://\(serverSettings.host):\(port)",
                    "version": "\(Version.product)",
                ])
        }
        try await run(
            storage.services + wiring.backgroundServices(core.logger) + [
                server, DrainNotice(life: life, delay: settings.drainDelay),
            ], core.logger)
        wiring.hasher.shutdown()
    }

    /// In starting order; SIGTERM and SIGINT stop them in reverse.
    private func run(_ services: [any Service], _ logger: Logger) async throws {
        var quiet = logger
        quiet.logLevel = max(.notice, logger.logLevel)
        var configuration = ServiceGroupConfiguration(
            services: services.map {
                ServiceGroupConfiguration.ServiceConfiguration(
                    service: $0, successTerminationBehavior: .gracefullyShutdownGroup,
                    failureTerminationBehavior: .gracefullyShutdownGroup)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet)
        configuration.maximumGracefulShutdownDuration = .seconds(30)
        try await ServiceGroup(configuration: configuration).run()
    }
}
