import Logging
import NIOHTTP1
import TenonCrypto
import TenonDomain
import TenonMemory
import Testing

@testable import TenonHTTP
@testable import TenonHTTPServer

@Suite struct RequestLogTests {
    private struct Broken: Error {}

    @Test("a request that is given up because its client is gone is no error in the log, and is counted as 499")
    func aborts() async {
        let lines = CollectedLines()
        let metrics = RequestMetrics()
        let writer = AnswerWriter(
            crossOrigin: CrossOrigin(origins: .none), digests: RootDigests(Secret([UInt8](repeating: 1, count: 32))),
            log: RequestLog(logger: Logger(label: "test") { _ in lines.handler }), metrics: metrics)
        let ids = Identifiers(clock: SystemClock(), randomness: SystemRandomness())
        let context = RequestContext(
            HTTPRequestHead(version: .http1_1, method: .GET, uri: "/"),
            ClientFacts(address: nil, isSecure: false, host: "x"), id: ids.next())
        let cancelled = Problem(Failure(.cancelled, "The client is gone.", cause: Broken()))
        let broken = Problem(Failure(.internalError, "A defect.", cause: Broken()))
        let task = Task {
            while !Task.isCancelled { await Task.yield() }
            _ = writer.answer(cancelled, context)
            _ = writer.answer(broken, context)
        }
        task.cancel()
        await task.value
        _ = writer.answer(cancelled, context)
        #expect(lines.all == ["info request", "error request", "error request"])
        let counts = metrics.snapshot.requests.map { "\($0.key.status): \($0.value)" }
        #expect(counts.sorted() == ["499: 1", "500: 1", "503: 1"])
    }
}
