public import Logging
internal import NIOCore
internal import NIOPosix
public import ServiceLifecycle
public import TenonDomain
internal import TenonKit

/// Serves the endpoints of a catalog over HTTP/1.1, and under TLS over HTTP/2 as well. On graceful shutdown it stops
/// accepting, lets running requests finish, and ends.
public struct HTTPServer: Service {
    /// Undecoded reads are held for each connection.
    private static let reads = AdaptiveRecvByteBufferAllocator(minimum: 64, initial: 2048, maximum: 16 << 10)

    private let catalog: EndpointCatalog
    private let settings: HTTPServerSettings
    private let edge: Edge
    private let logger: Logger
    private let onServing: @Sendable (_ port: Int) async -> Void

    /// The edge's dependencies on the service.
    public struct Edge: Sendable {
        let once: any IdempotentRequests
        let authenticate: any Authenticator
        let authorizer: any Authorizer
        let digests: any KeyedDigests
        let denials: any DenialLog
        let clock: any WallClock
        let identifiers: Identifiers
        let metrics: ServiceMetrics
        let limiter: (any RequestLimiter)?
        let heavy: any HeavyWork

        public init(
            once: any IdempotentRequests, authenticate: any Authenticator, authorizer: any Authorizer,
            digests: any KeyedDigests, denials: any DenialLog, clock: any WallClock, identifiers: Identifiers,
            metrics: ServiceMetrics, limiter: (any RequestLimiter)? = nil, heavy: any HeavyWork = HeavyThreads()
        ) {
            self.once = once
            self.authenticate = authenticate
            self.authorizer = authorizer
            self.digests = digests
            self.denials = denials
            self.clock = clock
            self.identifiers = identifiers
            self.metrics = metrics
            self.limiter = limiter
            self.heavy = heavy
        }
    }

    /// `onServing` is called once, when connections are accepted.
    public init(
        catalog: EndpointCatalog, edge: Edge, settings: HTTPServerSettings, logger: Logger,
        onServing: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.catalog = catalog
        self.edge = edge
        self.settings = settings
        self.logger = logger
        self.onServing = onServing
    }

    /// Fails with `tlsFilesUnusable`, and with `cannotListen` if the address is in use or not local.
    public func run() async throws {
        let identity = try settings.tls.map { files throws(Failure) in try TLSIdentity(files) }
        let group = MultiThreadedEventLoopGroup.singleton
        let table = ConnectionTable(limits: settings.limits, isExempt: settings.policies.isTrusted)
        let memory = MemoryBudget(limit: settings.limits.memory)
        let admission = Admission(settings.admission, eventLoop: group.any())
        let watching = Admission(settings.admission.ofWatchers, eventLoop: group.any())
        edge.metrics.watch(table, admission, watching, memory)
        let date = HTTPDate()
        let pipeline = ConnectionPipeline(
            responder: responder(admission, watching, memory, settings.policies), limits: settings.limits,
            memory: memory, table: table, identity: identity, executors: EventLoopExecutor.all(of: group),
            now: { [clock = edge.clock] in date.text(at: clock.now()) })
        var listeners = [try await listen(settings.port, group, table, pipeline)]
        if let port = settings.redirectPort {
            var policies = settings.policies
            policies.requiresHTTPS = true
            policies.httpsPort = listeners[0].localAddress?.port ?? settings.port
            let plain = ConnectionPipeline(
                responder: responder(admission, watching, memory, policies), limits: settings.limits,
                memory: memory, table: table, identity: nil, executors: pipeline.executors, now: pipeline.now)
            listeners.append(try await listen(port, group, table, plain))
        }
        await withTaskGroup(of: Void.self) { tasks in
            if let identity { tasks.addTask { await identity.watch(logger) } }
            await serve(listeners, table)
            tasks.cancelAll()
        }
    }

    private func responder(
        _ admission: Admission, _ watching: Admission, _ memory: MemoryBudget, _ policies: EdgePolicies
    ) -> Responder {
        let writer = AnswerWriter(
            crossOrigin: CrossOrigin(origins: policies.origins), digests: edge.digests, log: RequestLog(logger: logger),
            metrics: edge.metrics.requests)
        let gate = AccessGate(
            authenticate: edge.authenticate, authorizer: edge.authorizer, limiter: edge.limiter)
        return Responder(
            catalog: catalog, gate: gate, identifiers: edge.identifiers, limits: settings.limits, policies: policies,
            work: RequestWork(
                admission: admission, watching: watching, writer: writer, heavy: edge.heavy, gate: gate,
                once: edge.once, digests: edge.digests, denials: edge.denials, memory: memory))
    }

    private func listen(
        _ port: Int, _ group: MultiThreadedEventLoopGroup, _ table: ConnectionTable, _ pipeline: ConnectionPipeline
    ) async throws(Failure) -> any Channel {
        let bootstrap = ServerBootstrap(group: group)
            .serverChannelOption(.backlog, value: 1024)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // A client that sends a lot gets its turn again; parsed and waiting input stays small.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelOption(.recvAllocator, value: Self.reads)
            .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
            .childChannelInitializer { channel in
                let peer = channel.remoteAddress?.ipAddress.flatMap { IPAddress($0) }
                guard table.admit(channel, from: peer) else { return channel.close() }
                return channel.eventLoop.makeCompletedFuture { try pipeline.configure(channel, from: peer) }
            }
        do {
            return try await bootstrap.bind(host: settings.host, port: port).get()
        } catch {
            throw Failure(.cannotListen, "Cannot listen on \(settings.host):\(port).", cause: error)
        }
    }

    /// Serves until graceful shutdown, and then until the last connection has ended; closes them if cancelled.
    private func serve(_ listeners: [any Channel], _ table: ConnectionTable) async {
        await onServing(listeners[0].localAddress?.port ?? 0)
        let (drained, finish) = AsyncStream.makeStream(of: Void.self)
        await withTaskCancellationHandler {
            await withGracefulShutdownHandler {
                for await _ in drained {}
            } onGracefulShutdown: {
                for listener in listeners { listener.close(promise: nil) }
                table.drain { finish.finish() }
            }
        } onCancel: {
            for listener in listeners { listener.close(promise: nil) }
            table.closeAll()
        }
        table.closeAll()
    }
}

extension FailureCode {
    static let cannotListen = FailureCode(
        "cannot_listen", .unavailable, "The server cannot listen on the address",
        "Another process listens on the address, or it is not an address of this machine.")
}
