import Logging
import ServiceLifecycle
import Synchronization
import TenonApplication
import TenonCrypto
import TenonDomain
import TenonHTTP
import TenonHTTPServer
import TenonMemory
import TenonService
import TestSupport
import Testing

/// Keeps what is logged: the line, its code and its cause.
private final class KeptLog: LogHandler, Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "test") { [self] _ in self } }

    var metadata: Logger.Metadata {
        get { [:] }
        set {}
    }
    var logLevel: Logger.Level {
        get { .trace }
        set {}
    }

    subscript(metadataKey _: String) -> Logger.MetadataValue? {
        get { nil }
        set {}
    }

    func log(event: LogEvent) {
        let words = ["code", "cause"].compactMap { event.metadata?[$0].map { "\($0)" } }
        kept.withLock { $0.append(([event.message.description] + words).joined(separator: " | ")) }
    }
}

/// What goes on beside the requests.
@Suite struct BackgroundServiceTests {
    private let log = KeptLog()

    private func jobs(_ reports: JobReports = JobReports()) -> BackgroundJobs {
        BackgroundJobs(logger: log.logger, reports: reports)
    }

    /// Runs it in a group until the body is done, and then to the end of the group's graceful shutdown.
    private func serve(_ service: any Service, until isDone: () -> Bool) async throws {
        let group = ServiceGroup(services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let task = Task { try await group.run() }
        try await until { isDone() }
        await group.triggerGracefulShutdown()
        try await task.value
    }

    @Test("Work that fails is done again, and told to the log once until it works again; every failure is counted")
    func recurring() async throws {
        let runs = Atomic<Int>(0)
        let reports = JobReports()
        let service = jobs(reports).every(.milliseconds(1), failing: "it waits") {
            () throws(Failure) in
            if runs.add(1, ordering: .relaxed).newValue <= 3 { throw .bug("it is broken") }
        }
        try await serve(service) { runs.load(ordering: .relaxed) >= 5 }
        #expect(log.lines == ["it waits | internal_error | it is broken", "works again"])
        #expect(reports.gauges.map(\.value) == [3, 0])
    }

    @Test("Work that goes on failing is told to the log every ten minutes, and each job for itself")
    func reminders() {
        let reports = JobReports()
        let now = ContinuousClock.now
        for minute in 0..<25 {
            reports.note("one", .bug("it is broken"), at: now + .seconds(60 * minute), log.logger)
        }
        reports.note("two", .bug("it is broken"), at: now, log.logger)
        let line = "one | internal_error | it is broken"
        #expect(log.lines == [line, line, line, "two | internal_error | it is broken"])
        #expect(reports.gauges.map(\.value) == [26, 2])
    }

    @Test("The token-signing keys that are stored are read again every thirty seconds")
    func signingKeys() async throws {
        let storage = MemoryStorage(.system())
        let process = storage.process
        let tenon = try await Tenon(on: storage, keys: .temporary)
        let services = try await tenon.services(log.logger).compactMap { $0 as? RecurringJob }
        let reload = try #require(services.first { $0.message == "reloading the token-signing keys failed" })
        #expect(reload.pause == .seconds(30))
        // One that does not open shows that they are read, and from where.
        let foreign = EnvelopeKeyWrapping(
            keks: KeyEncryptionKeys([2: Secret(process.randomness.bytes(32))]), secretKey: nil,
            randomness: process.randomness)
        let isPublished = try await storage.signingKeyRotation.take(
            .publish(foreign.newSigningKey(at: process.clock.now())), at: process.clock.now(),
            as: Caller(.system(job: "tests", tenant: .platform), from: .test))
        #expect(isPublished)
        try await serve(reload) { !log.lines.isEmpty }
        #expect(log.lines.first?.hasPrefix("reloading the token-signing keys failed | key_encryption_key") == true)
    }

    @Test("A failure without a cause is told by what it says")
    func detail() async throws {
        let service = jobs().onHints(
            AsyncStream { $0.finish() }, orEvery: .milliseconds(1), failing: "it waits"
        ) { () throws(Failure) in throw Failure(.tenantNotFound, "There is none.") }
        try await serve(service) { !log.lines.isEmpty }
        #expect(Set(log.lines) == ["it waits | tenant_not_found | There is none."])
    }

    @Test("Work that is prompted is done at a hint, long before its time")
    func prompted() async throws {
        let (hints, hint) = AsyncStream.makeStream(of: Void.self)
        let service = jobs().onHints(hints, orEvery: .seconds(3600), failing: "it waits") { [log] () throws(Failure) in
            log.logger.info("done")
        }
        hint.yield()
        try await serve(service) { !log.lines.isEmpty }
        #expect(log.lines == ["done"])
    }

    @Test("Work is done once more behind the shutdown where that is asked for", arguments: [false, true])
    func atEnd(_ isDoneAtEnd: Bool) async throws {
        let service = jobs().every(.seconds(3600), failing: "it waits", isDoneAtEnd: isDoneAtEnd) {
            [log] () throws(Failure) in log.logger.info("done")
        }
        try await serve(service) { !log.lines.isEmpty }
        #expect(log.lines == (isDoneAtEnd ? ["done", "done"] : ["done"]))
    }
}
