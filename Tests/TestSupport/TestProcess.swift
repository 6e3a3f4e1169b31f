internal import Foundation
internal import Glibc

/// What servers that tests start as processes of their own need.
public enum TestProcess {
    struct Failed: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs a shell's script until this process is gone or closes the descriptor that is answered: at that its `read`
    /// comes back. The arguments are the script's `"$@"`.
    static func lifeline(_ script: String, _ arguments: [String]) throws -> Int32 {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard socketpair(AF_UNIX, kind, 0, &ends) == 0 else { throw Failed(description: "no socket: \(errno)") }
        defer { close(ends[0]) }
        _ = try spawn(["sh", "-c", script, "sh"] + arguments, input: ends[0])
        return ends[1]
    }

    /// Starts it in a group of its own, with nothing to read where no input is given. Not Foundation's `Process`: its
    /// `waitUntilExit` waits for the daemon that `pg_ctl` leaves behind too.
    static func spawn(_ command: [String], input: Int32? = nil) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let input {
            posix_spawn_file_actions_adddup2(&actions, input, 0)
        } else {
            posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        }
        for output in Int32(1)...2 {
            posix_spawn_file_actions_addopen(&actions, output, "/dev/null", O_WRONLY, 0)
        }
        // A child inherits the mask, and Dispatch's threads block most signals.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETPGROUP))
        // The user postgres may not enter the folder that the tests run in.
        var arguments = (["env", "-C", "/"] + command).map { strdup($0) }
        defer { for argument in arguments { free(argument) } }
        arguments.append(nil)
        var process = pid_t()
        let code = posix_spawnp(&process, "env", &actions, &attributes, arguments, environ)
        guard code == 0 else { throw Failed(description: "\(command[0]) does not start: \(code)") }
        return process
    }

    /// A port of the loopback interface that is free now. It is below the range from which Linux takes the ports that
    /// nobody names (`ip_local_port_range`), so that no other server or connection is given it before it is used.
    public static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 10_000..<30_000)
            let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            defer { close(listener) }
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let isFree = withUnsafeBytes(of: &address) { raw in
                bind(
                    listener, raw.baseAddress!.assumingMemoryBound(to: sockaddr.self),
                    socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
            if isFree { return port }
        }
        throw Failed(description: "no free port: \(errno)")
    }

    /// Runs what blocks on a thread of its own.
    public static func offPool<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            Thread { continuation.resume(with: Result { try body() }) }.start()
        }
    }
}
