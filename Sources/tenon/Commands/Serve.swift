internal import ArgumentParser
internal import Logging
internal import NIOCore
internal import NIOPosix
internal import ServiceLifecycle
internal import TenonDomain
internal import TenonHTTP
internal import TenonHTTPServer
internal import TenonService
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
        let process = ProcessDependencies.system()
        let log = ProcessLog(settings, clock: process.clock)
        defer { log.output.flush() }
        let logger = log.logger
        for name in settings.ignored { logger.notice("\(name) is set but not used by Tenon") }
        let keys = try EncryptionKeys.source(settings, inMemory: inMemory) { logger.warning("\($0)") }
        let storage = try await settings.openStorage(inMemory: inMemory, process, logger)
        let services: [any Service]
        do {
            let tenon = try await Tenon(on: storage, keys: keys, options: settings.options)
            tenon.metrics.add(log.gauges)
            services = try await tenon.services(logger) + [freedMemory(logger)] + server(tenon, settings, logger)
        } catch {
            await storage.close()
            throw error
        }
        try await run(services, logger)
    }

    private func freedMemory(_ logger: Logger) -> any Service {
        BackgroundJobs(logger: logger, reports: JobReports()).every(
            .seconds(2), failing: "returning freed memory failed"
        ) { FreedMemory.giveBack() }
    }

    private func server(_ tenon: Tenon, _ settings: Settings, _ logger: Logger) -> [any Service] {
        var server = settings.server
        if let host { server.host = host }
        if let port { server.port = port }
        let address = "\(server.tls == nil ? "http" : "https")://\(server.host)"
        return tenon.server(server, drainDelay: settings.drainDelay, logger) { port in
            logger.notice(
                "serving", metadata: ["address": "\(address):\(port)", "version": "\(Version.product)"])
        }
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
