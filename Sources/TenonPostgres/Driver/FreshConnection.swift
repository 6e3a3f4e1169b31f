internal import CLibPQ
internal import TenonKit

extension DedicatedThread {
    /// Runs a blocking call on a thread of its own and waits for it without blocking. Fails as the call, and with
    /// `connectionLost` where the system gives no thread.
    static func run<Value: Sendable>(
        _ body: @escaping @Sendable () throws(PostgresError) -> Value
    ) async throws(PostgresError) -> Value {
        let outcome: Result<Value, PostgresError> = await withUnsafeContinuation { waiter in
            do throws(ThreadError) {
                try start("tenon-pg-call") {
                    do throws(PostgresError) {
                        waiter.resume(returning: .success(try body()))
                    } catch {
                        waiter.resume(returning: .failure(error))
                    }
                }
            } catch {
                waiter.resume(returning: .failure(PostgresError(error)))
            }
        }
        return try outcome.get()
    }

    /// Connects on a thread of its own.
    static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> FreshConnection {
        try await run { () throws(PostgresError) in FreshConnection(try configuration.connect()) }
    }
}

extension BackOff {
    /// Between attempts to reach the server, or to get a lock of its.
    static var connecting: BackOff { BackOff(.milliseconds(50)...(.seconds(2))) }
}

extension PostgresError {
    init(_ error: ThreadError) {
        self = .connectionLost(error.description)
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
