import Glibc
import Testing

@testable import TenonKit

@Suite struct DedicatedThreadTests {
    @Test("a thread has its name and priority, and takes no signals")
    func attributes() async {
        let (name, nice, isBlocked) = await withCheckedContinuation { continuation in
            DedicatedThread.startOrTrap("tenon-test", nice: 7) {
                let file = open("/proc/thread-self/comm", O_RDONLY)
                var name = [UInt8](repeating: 0, count: 16)
                let count = read(file, &name, name.count)
                close(file)
                var mask = sigset_t()
                pthread_sigmask(SIG_BLOCK, nil, &mask)
                let nice = getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0)
                continuation.resume(
                    returning: (
                        String(decoding: name.prefix(count), as: UTF8.self), nice,
                        sigismember(&mask, SIGTERM)
                    ))
            }
        }
        #expect(name == "tenon-test\n")
        #expect(nice == 7)
        #expect(isBlocked == 1)
    }

    @Test("the starting thread keeps its priority and its signals")
    func starter() async throws {
        let (nice, isBlocked) = await withCheckedContinuation { continuation in
            DedicatedThread.startOrTrap("tenon-outer") {
                var none = sigset_t()
                sigemptyset(&none)
                pthread_sigmask(SIG_SETMASK, &none, nil)
                DedicatedThread.startOrTrap("tenon-inner", nice: 9) {}
                var mask = sigset_t()
                pthread_sigmask(SIG_BLOCK, nil, &mask)
                continuation.resume(
                    returning: (getpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0), sigismember(&mask, SIGTERM)))
            }
        }
        #expect(nice == 0)
        #expect(isBlocked == 0)
    }
}
