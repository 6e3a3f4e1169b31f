internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// An operation to run, with all information from the request's head.
struct OperationCall: Sendable {
    /// Authenticates the same credentials again, in their current state.
    typealias Recheck = @Sendable () async throws(Failure) -> Caller

    let entry: EndpointCatalog.Entry
    let captures: PathCaptures
    var entrance: Entrance
    let query: QueryReader
    let headers: HTTPHeaders
    let client: ClientFacts
    /// For a long-lived operation with credentials.
    let recheck: Recheck?
    let idempotencyKey: String?
    /// Method and target as received.
    let target: String
}

/// The dependencies of running a request.
final class RequestWork: Sendable {
    /// Bytes of a body that are parsed within about 100 microseconds.
    private static let smallBody = 16 << 10
    /// About half a second of a core.
    private static let steps = 50_000_000
    /// The maximum steps of a request on an event loop: about 5 milliseconds.
    private static let shortSteps = 500_000
    /// The maximum bytes that one request may hold besides its body and its response.
    private static let bytes = 64 << 20

    let admission: Admission
    /// For long-lived operations.
    let watching: Admission
    let writer: AnswerWriter
    private let heavy: any HeavyWork
    private let gate: AccessGate
    private let once: any IdempotentRequests
    private let digests: any KeyedDigests
    private let denials: any DenialLog
    private let memory: MemoryBudget

    init(
        admission: Admission, watching: Admission, writer: AnswerWriter, heavy: any HeavyWork, gate: AccessGate,
        once: any IdempotentRequests, digests: any KeyedDigests, denials: any DenialLog, memory: MemoryBudget
    ) {
        self.heavy = heavy
        self.gate = gate
        self.admission = admission
        self.watching = watching
        self.writer = writer
        self.once = once
        self.digests = digests
        self.denials = denials
        self.memory = memory
    }

    /// The caller with a new budget for one request, or for one page of a long-lived one.
    func charging(_ caller: Caller, steps: Int = RequestWork.steps) -> Caller {
        caller.charging(
            RequestBudget(
                steps: steps, bytes: Self.bytes, memory: memory, tenant: caller.tenant,
                address: caller.tenant == nil ? caller.origin.address.flatMap { IPAddress($0) } : nil))
    }

    /// Authenticates the caller before any of the body is read.
    func identify(_ credentials: Credentials, _ call: OperationCall, _ context: RequestContext) async -> HeadDecision {
        var (call, context) = (call, context)
        do throws(Problem) {
            call.entrance = try await Problem.awaiting { () async throws(Failure) in
                try await gate.identify(credentials, to: call.entry.operation, &context)
            }
            return .accept(AcceptedRequest(call, context, self))
        } catch {
            await noteDenial(error, context)
            return .answer(writer.answer(error, context))
        }
    }

    private static func isHeavy(_ operation: Operation, _ body: ByteBuffer) -> Bool {
        operation.isHeavy || body.readableBytes > smallBody
    }

    /// The executor on which the request's task starts: short work on the connection's event loop if there is one; long
    /// computations on the heavy threads, as soon as the tenant is known.
    func executor(
        _ eventLoop: EventLoopExecutor?, for operation: Operation, _ body: ByteBuffer, _ context: RequestContext
    ) -> (any TaskExecutor)? {
        guard context.caller != nil, Self.isHeavy(operation, body) else { return eventLoop }
        return heavy.executor(for: context.tenant)
    }

    /// `place` is the request's slot; nil if it needs none.
    func answer(
        _ call: OperationCall, _ body: ByteBuffer, _ context: RequestContext, _ place: (any RunningPlace)? = nil
    ) async -> WireAnswer {
        var context = context
        let isLate = context.caller == nil
        do throws(Problem) {
            let caller = try await Problem.awaiting { () async throws(Failure) -> Caller in
                try await gate.admit(call.entrance, body, to: call.entry.operation, &context).holding(place)
            }
            if Self.isHeavy(call.entry.operation, body) {
                guard isLate else { return try await answer(call, body, context, charging(caller)) }
            } else {
                do throws(Problem) {
                    return try await answer(call, body, context, charging(caller, steps: Self.shortSteps))
                } catch {
                    // It failed before it changed anything, and restarts where it delays no other request.
                    guard error.kind.code == FailureCode.tooMuchWork.slug else { throw error }
                }
            }
            return try await withTaskExecutorPreference(heavy.executor(for: caller.tenant)) {
                [context] () async throws(Problem) in try await answer(call, body, context, charging(caller))
            }
        } catch {
            await noteDenial(error, context)
            return writer.answer(error, context)
        }
    }

    private func answer(
        _ call: OperationCall, _ body: ByteBuffer, _ context: RequestContext, _ caller: Caller
    ) async throws(Problem) -> WireAnswer {
        // It may have waited for its slot for long.
        guard !Task.isCancelled else { throw Problem(Failure(.cancelled, "The client disconnected.")) }
        let content = try RequestBodies.read(
            body, of: call.entry.operation, as: call.entry.request, call.headers, charging: caller.budget)
        let answer = try await Problem.awaiting { () async throws(Failure) in
            try await perform(call, caller, content, body)
        }
        return try writer.answer(answer, holding: try lease(for: answer, context), context)
    }

    /// Charges a response until the socket has accepted it. The response to a completed write can no longer be refused.
    private func lease(for answer: EncodedAnswer, _ context: RequestContext) throws(Problem) -> MemoryLease? {
        guard answer.content.cost > MemoryLease.allowance else { return nil }
        let lease = MemoryLease(memory, for: context.holder)
        let isReading = context.method == .GET || context.method == .HEAD
        guard lease.take(answer.content.cost, isDue: !isReading) else { throw Problem(.memoryExhausted()) }
        return lease
    }

    /// Records the refusal of the caller in the audit log, if the problem is one. The response does not depend on it: a
    /// failure is logged.
    func noteDenial(_ problem: Problem, _ context: RequestContext) async {
        guard problem.kind.status == .forbidden, let caller = context.caller, let entry = context.entry else { return }
        // In a separate task: a client that disconnects must not prevent it.
        await Task { [denials, writer] in
            do throws(Failure) {
                try await denials.record(
                    operation: entry.operation.id, resource: context.captures?.resource, code: problem.kind.code,
                    detail: problem.detail, as: caller)
            } catch {
                writer.log.unrecorded(error, context)
            }
        }.value
    }

    private func perform(
        _ call: OperationCall, _ caller: Caller, _ content: RequestContent, _ body: ByteBuffer
    ) async throws(Failure) -> EncodedAnswer {
        // A dry run changes nothing, so there is nothing to do only once.
        guard let key = call.idempotencyKey, try !call.query.isTrial else {
            return try await call.entry.run(call, caller, content, nil)
        }
        // A copy without the claim.
        try caller.budget.hold(body.readableBytes)
        let claim = try IdempotencyClaim(
            key: key, operation: call.entry.operation.id,
            content: Array("\(call.target)\n".utf8) + body.readableBytesView, of: caller, by: digests)
        caller.budget.release(body.readableBytes)
        let (reply, isRepeat) = try await once.execute(
            claim, as: caller, revising: call.captures["namespace_id"].flatMap { NamespaceID($0) }
        ) { transaction throws(Failure) in
            try await call.entry.run(call, caller, content, transaction).kept
        }
        guard var answer = EncodedAnswer(kept: reply) else { throw .bug("A kept answer does not decode") }
        answer.isRepeat = isRepeat
        return answer
    }
}
