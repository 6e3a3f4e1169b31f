import Glibc
import TenonDomain

/// Runs PostgreSQL's programs for one data folder. Everything here blocks and belongs on the
/// supervising thread.
struct ClusterPrograms: Sendable {
    let folder: ClusterFolder
    /// Who the programs run as.
    let account: ClusterAccount
    let control: ClusterControl

    private var log: ClusterLog { ClusterLog(file: folder.log) }

    /// Starts a program whose output goes to the log. The offset is where its part of the log begins.
    func start(
        _ program: String, _ arguments: [String], deathSignal: String, input text: String = ""
    ) throws(Failure) -> (child: ClusterChild, logOffset: Int) {
        let (output, offset) = try log.open()
        defer { close(output) }
        let input = try Self.pipe(holding: text)
        defer { close(input) }
        let command = ClusterCommand(
            program, arguments, account: account, deathSignal: deathSignal, input: input, output: output)
        return (try ClusterChild.start(command) { [control] in control.notify() }, offset)
    }

    /// Runs a program to its end. `purpose` begins the line of the failure.
    func run(_ purpose: String, _ program: String, _ arguments: [String], input: String = "") throws(Failure) {
        // Not a signal that initdb could catch: it would tidy up, and by then its folder may be another's.
        let (child, offset) = try start(program, arguments, deathSignal: "KILL", input: input)
        while child.exit == nil && !control.shouldStop { control.wait() }
        guard let exit = child.exit else {
            end(child, [(SIGTERM, .seconds(5)), (SIGKILL, .seconds(5))])
            throw .startGivenUp
        }
        guard exit.isSuccess else { throw .cluster("\(purpose): \(reason(from: offset, exit))") }
    }

    /// Why a program failed.
    func reason(from offset: Int, _ exit: ClusterExit) -> String {
        if case .signal(let number) = exit { return "it was ended by signal \(number)" }
        return log.reason(from: offset)
    }

    /// Sends one signal after the other until the child is gone.
    func end(_ child: ClusterChild, _ signals: [(number: Int32, patience: Duration)], onNext: () -> Void = {}) {
        for (place, step) in signals.enumerated() {
            if place > 0 { onNext() }
            child.signal(step.number)
            if control.wait(atMost: step.patience, until: { child.exit != nil }) { return }
        }
    }

    /// The major version of the programs in a folder.
    func version(of binaries: ClusterFile) -> Int? {
        if binaries.parent.parent.path == "/usr/lib/postgresql", let version = Int(binaries.parent.name) {
            return version
        }
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { return nil }
        defer { for end in ends { close(end) } }
        let command = ClusterCommand(
            binaries.appending("postgres").path, ["--version"], account: account, deathSignal: "KILL",
            input: ends[0], output: ends[1])
        guard let child = try? ClusterChild.start(command, onExit: { [control] in control.notify() }) else {
            return nil
        }
        guard control.wait(atMost: .seconds(10), until: { child.exit != nil }), child.exit?.isSuccess ?? false else {
            child.signal(SIGKILL)
            return nil
        }
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(ends[0], &bytes, bytes.count)
        return ClusterBinaries.majorVersion(in: String(decoding: bytes.prefix(max(count, 0)), as: UTF8.self))
    }

    /// A descriptor to read a short text from, and then the end.
    private static func pipe(holding text: String) throws(Failure) -> Int32 {
        var ends: [Int32] = [-1, -1]
        guard Glibc.pipe(&ends) == 0 else { throw .cluster("A pipe cannot be made", errno: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let bytes = Array(text.utf8)
        _ = write(ends[1], bytes, bytes.count)
        close(ends[1])
        return ends[0]
    }
}

extension Failure {
    /// The start was still going on when the end was wished for.
    static var startGivenUp: Failure { Failure(.cancelled, "The start of PostgreSQL was given up.") }
}
