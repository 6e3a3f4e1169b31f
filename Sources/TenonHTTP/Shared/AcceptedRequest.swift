internal import NIOCore
internal import Synchronization

/// A request that may send its body, waits for its turn, runs, and can be given up when the client is gone.
final class AcceptedRequest: ExchangeRequest {
    private enum State {
        case waiting
        case running(Task<Void, Never>)
        case cancelled
    }

    let bodyLimit: Int
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

    func start(
        _ body: ByteBuffer, on executor: EventLoopExecutor?, _ deliver: @escaping @Sendable (WireAnswer) -> Void
    ) {
        guard !call.entry.operation.isEssential else {
            return run(body, executor) { [self] in deliver(await work.answer(call, body, context)) }
        }
        let admission = work.admission
        admission.enter(context.tenant) { [self] in
            guard !isCancelled else { return admission.leave(context.tenant) }
            run(body, executor) { [self] in
                let answer = await work.answer(call, body, context)
                admission.leave(context.tenant)
                deliver(answer)
            }
        } turnAway: { [self] in
            deliver(refuse(.overloaded()))
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

    private func run(_ body: ByteBuffer, _ executor: EventLoopExecutor?, _ job: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            let task = Task(executorPreference: RequestWork.executor(executor, for: body), operation: job)
            if case .cancelled = state { task.cancel() } else { state = .running(task) }
        }
    }
}
