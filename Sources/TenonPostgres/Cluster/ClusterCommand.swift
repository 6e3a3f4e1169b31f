import Glibc
import TenonDomain

/// A program of PostgreSQL's with its arguments and all that it gets from us: no variable of our
/// environment, no right of root's, no open file but these, and a signal when we die.
struct ClusterCommand: Sendable {
    let arguments: [String]
    let input: Int32
    let output: Int32

    /// `deathSignal` (`INT`, `KILL`) is what the program gets when this process ends. `account` is who
    /// it runs as; root's rights are given up for good before it starts.
    init(
        _ program: String, _ arguments: [String], account: ClusterAccount, deathSignal: String,
        input: Int32, output: Int32
    ) {
        // `env` leaves our current folder, which PostgreSQL's user may be unable to enter.
        var words = ["/usr/bin/env", "--chdir=/", "/usr/bin/setpriv", "--pdeathsig", deathSignal, "--no-new-privs"]
        if geteuid() == 0 {
            words += ["--reuid", "\(account.user)", "--regid", "\(account.group)", "--clear-groups"]
        }
        self.arguments = words + [program] + arguments
        self.input = input
        self.output = output
    }

    private static let environment = ["PATH=/usr/bin:/bin", "HOME=/", "LC_ALL=C.UTF-8", "TZ=UTC"]
    /// `POSIX_SPAWN_SETSID`, which the headers show to GNU programs only. A session of its own keeps a
    /// terminal's Ctrl-C, meant for the service, from PostgreSQL.
    private static let newSession: Int16 = 0x80

    func spawn() throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        var attributes = posix_spawnattr_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        posix_spawn_file_actions_adddup2(&actions, output, 2)
        for descriptor in ClusterFile("/proc/self/fd").entries.compactMap({ Int32($0) }) where descriptor > 2 {
            posix_spawn_file_actions_addclose(&actions, descriptor)
        }
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGDEF) | Int16(POSIX_SPAWN_SETSIGMASK) | Self.newSession)

        var process: pid_t = 0
        let code = withCStrings(arguments) { words in
            withCStrings(Self.environment) { variables in
                posix_spawn(&process, arguments[0], &actions, &attributes, words, variables)
            }
        }
        guard code == 0 else { throw .cluster("\(arguments[0]) cannot be started", errno: code) }
        return process
    }
}

/// The strings as C wants them: an array of pointers that ends with a null.
private func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
) -> Result {
    let pointers = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeBufferPointer { body($0.baseAddress!) }
}
