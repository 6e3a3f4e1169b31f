internal import CLibPQ
internal import Glibc
internal import TenonDomain

/// Threads of our own, for work that waits.
enum DedicatedThread {
    /// Runs the body on a new thread. Signals are left to the threads that were there before. Fails with
    /// `connectionLost` where the system gives no thread; then the body is dropped.
    static func start(_ body: @escaping @Sendable () -> Void) throws(PostgresError) {
        final class Box {
            let body: @Sendable () -> Void
            init(_ body: @escaping @Sendable () -> Void) { self.body = body }
        }
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        var thread = pthread_t()
        let box = Unmanaged.passRetained(Box(body))
        let code = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
                return nil
            }, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw .connectionLost("no thread: \(String(cString: strerror(code)))")
        }
        pthread_detach(thread)
    }

    /// Runs a blocking body on a thread of its own and waits for it without blocking.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let outcome: Result<Value, PostgresError> = await withUnsafeContinuation { waiter in
            do throws(PostgresError) {
                try start {
                    do throws(PostgresError) {
                        waiter.resume(returning: .success(try body()))
                    } catch {
                        waiter.resume(returning: .failure(error))
                    }
                }
            } catch {
                waiter.resume(returning: .failure(error))
            }
        }
        return try outcome.get()
    }

    /// Connects on a thread of its own.
    static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> FreshConnection {
        try await run { () throws(PostgresError) in FreshConnection(try configuration.connect()) }
    }
}

/// A connection on its way from the thread that made it to its owner.
final class FreshConnection: @unchecked Sendable {
    private let connection: OpaquePointer

    fileprivate init(_ connection: OpaquePointer) {
        self.connection = connection
    }

    /// Called once: whoever takes it closes it.
    func take() -> OpaquePointer { connection }
}
