internal import NIOCore

/// Runs tasks on an event loop, so that requests are answered without changing threads, except for database calls.
final class EventLoopExecutor: TaskExecutor {
    private let eventLoop: any EventLoop

    private init(_ eventLoop: any EventLoop) {
        self.eventLoop = eventLoop
    }

    /// One for each event loop of a group.
    static func all(of group: any EventLoopGroup) -> [ObjectIdentifier: EventLoopExecutor] {
        Dictionary(
            group.makeIterator().map { (ObjectIdentifier($0), EventLoopExecutor($0)) }, uniquingKeysWith: { $1 })
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        eventLoop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}
