internal import Glibc

/// A thread of its own for work that blocks or computes for long, which must hold no thread of Swift's pool and no event
/// loop. It ends when the work does. Signals are left to the threads that were there before.
package enum DedicatedThread {
    private final class Start {
        let name: StaticString
        let nice: Int32
        let body: @Sendable () -> Void

        init(_ name: StaticString, _ nice: Int32, _ body: @escaping @Sendable () -> Void) {
            self.name = name
            self.nice = nice
            self.body = body
        }

        func run() {
            takeName()
            // Of this thread alone (setpriority(2)).
            if nice != 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, nice) }
            body()
        }

        /// By proc(5): Swift does not see pthread_setname_np(3), which is for GNU sources alone.
        private func takeName() {
            let file = open("/proc/thread-self/comm", O_WRONLY | O_CLOEXEC)
            guard file >= 0 else { return }
            _ = write(file, name.utf8Start, name.utf8CodeUnitCount)
            close(file)
        }
    }

    /// Starts the work. `name` has 15 bytes at most and appears in debuggers and `ps -L`; `nice` above 0 lets other
    /// threads go first. Fails where the system gives no thread; then the work is dropped.
    package static func start(
        _ name: StaticString, nice: Int32 = 0, _ body: @escaping @Sendable () -> Void
    ) throws(ThreadError) {
        precondition(name.utf8CodeUnitCount <= 15, "The name of a thread has 15 bytes at most: \(name)")
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let start = Unmanaged.passRetained(Start(name, nice, body))
        var thread = pthread_t()
        let code = pthread_create(
            &thread, nil,
            { pointer in
                Unmanaged<Start>.fromOpaque(pointer!).takeRetainedValue().run()
                return nil
            }, start.toOpaque())
        guard code == 0 else {
            start.release()
            throw ThreadError(code: code)
        }
        pthread_detach(thread)
    }

    /// The same for threads without which the process is of no use: ends it where the system gives none.
    package static func startOrTrap(_ name: StaticString, nice: Int32 = 0, _ body: @escaping @Sendable () -> Void) {
        do throws(ThreadError) {
            try start(name, nice: nice, body)
        } catch {
            preconditionFailure("\(error)")
        }
    }
}

/// The system gives no thread.
package struct ThreadError: Error, CustomStringConvertible {
    /// The error number of pthread_create(3).
    package let code: Int32

    package var description: String { "cannot start a thread: \(String(cString: strerror(code)))" }
}
