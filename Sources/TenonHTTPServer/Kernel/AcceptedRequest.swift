internal import NIOCore
internal import NIOHTTP1
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// A request that may send its body, waits for a slot, runs, and is cancelled if the client disconnects.
final class AcceptedRequest: ExchangeRequest {
    private enum State {
        case waiting
        case running(Task<Void, Never>)
        case cancelled
    }

    let bodyLimit: Int
    var isLongLived: Bool { call.entry.operation.isLongLived }
    var isHeavy: Bool { call.entry.operation.isHeavy }
    var holder: MemoryBudget.Holder { context.holder }
    private let call: OperationCall
    private let context: RequestContext
    private let work: RequestWork
    private let state = Mutex(State.waiting)

    init(_ call: OperationCall, _ context: RequestContext, _ work: RequestWork) {
        self.call = call
        self.context = context
        self.work = work
        bodyLimit = call.entry.request == nil ? 0 : call.entry.operation.bodyLimit
    }

    func start(_ body: ByteBuffer, on executor: EventLoopExecutor?, _ outlet: ExchangeOutlet) {
        let executor = work.executor(executor, for: call.entry.operation, body, context)
        guard !call.entry.operation.isEssential else {
            return run(executor) { [self] in outlet.deliver(await work.answer(call, body, context)) }
        }
        let admission = isLongLived ? work.watching : work.admission
        admission.enter(context.tenant) { [self] in
            guard !isCancelled else { return admission.leave(context.tenant) }
            let place = AdmittedPlace(admission, of: context.tenant)
            run(executor) { [self] in
                let answer = await work.answer(call, body, context, isLongLived ? nil : place)
                if let body = answer.stream {
                    outlet.deliver(answer)
                    return stream(body, answer.status, executor, outlet)
                }
                place.giveBack()
                outlet.deliver(answer)
            }
        } turnAway: { [self] in
            outlet.deliver(refuse(.overloaded()))
        }
    }

    /// In a separate task: the request's task retains what it needed to create the response.
    private func stream(
        _ body: @escaping StreamedBody, _ status: HTTPResponseStatus, _ executor: (any TaskExecutor)?,
        _ outlet: ExchangeOutlet
    ) {
        run(executor) { [self] in
            let failure = await outlet.run(body)
            work.writer.ended(status, context, cause: failure)
            work.watching.leave(context.tenant)
        }
    }

    func refuse(_ problem: Problem) -> WireAnswer {
        work.writer.answer(problem, context)
    }

    func cancel() {
        let task = state.withLock { state -> Task<Void, Never>? in
            defer { state = .cancelled }
            if case .running(let task) = state { return task }
            return nil
        }
        task?.cancel()
    }

    private var isCancelled: Bool {
        state.withLock { if case .cancelled = $0 { true } else { false } }
    }

    private func run(_ executor: (any TaskExecutor)?, _ job: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let task = Task(executorPreference: executor, operation: job)
            if case .cancelled = state { task.cancel() } else { state = .running(task) }
        }
    }
}
