import Glibc
import Synchronization
import TenonDomain
import TestSupport

@testable import TenonPostgres

/// A folder for one test's cluster. What the test leaves running is ended, and the folder removed.
final class ClusterSandbox: Sendable {
    let root: ClusterFile
    let events = Mutex<[EmbeddedClusterEvent]>([])

    private init() throws {
        let name = strdup("/tmp/tenon-test-XXXXXX")!
        defer { free(name) }
        guard mkdtemp(name) != nil, chmod(name, 0o755) == 0 else { throw Failure.cluster("sandbox", errno: errno) }
        root = ClusterFile(String(cString: name))
    }

    static func use(_ body: (ClusterSandbox) async throws -> Void) async throws {
        let sandbox = try ClusterSandbox()
        do {
            try await body(sandbox)
            try sandbox.close()
        } catch {
            try sandbox.close()
            throw error
        }
    }

    private func close() throws {
        for folder in root.entries.map({ ClusterFolder(root: root.appending($0)) }) where folder.data.isThere {
            try? processes(folder).stop(ClusterControl(), patience: .seconds(5)) { _ in }
        }
        try root.remove()
    }

    var folder: ClusterFolder { ClusterFolder(root: root.appending("data")) }

    var settings: EmbeddedClusterSettings {
        var settings = EmbeddedClusterSettings(dataFolder: folder.root.path)
        settings.durableInitialization = false
        settings.socketParent = root.path
        settings.sharedBuffers = 16
        return settings
    }

    func cluster(_ settings: EmbeddedClusterSettings? = nil) -> EmbeddedCluster {
        EmbeddedCluster(settings ?? self.settings) { [self] event in events.withLock { $0.append(event) } }
    }

    func sawEvent(_ test: (EmbeddedClusterEvent) -> Bool) -> Bool { events.withLock { $0.contains(where: test) } }

    func processes(_ folder: ClusterFolder? = nil) throws -> ClusterProcesses {
        let folder = folder ?? self.folder
        let account = try ClusterAccount.forPostgres(data: folder.data, startedBy: .own())
        return ClusterProcesses(data: folder.data, clusterName: folder.clusterName, account: account)
    }

    /// Starts PostgreSQL in the data folder as somebody else would, without the service.
    func startByHand() async throws -> ClusterChild {
        let processes = try processes()
        let programs = ClusterPrograms(folder: folder, account: processes.account, control: ClusterControl())
        let binaries = try ClusterBinaries.find(settings, for: nil) { _ in nil }
        let (child, _) = try programs.start(
            binaries.postgres,
            ["-D", folder.data.path, "-c", "listen_addresses=", "-c", "unix_socket_directories=\(folder.data.path)"],
            deathSignal: "KILL")
        try await until { PostmasterFile(folder.data)?.isReady ?? false && child.exit == nil }
        return child
    }
}

/// What `psql` prints for a statement; nil where it fails.
func psql(_ statement: String, _ connection: ClusterConnection) -> String? {
    let words = connection.parameters.map { "\($0.0)=\($0.1)" }.joined(separator: " ")
    let command = "psql -XAtq -v ON_ERROR_STOP=1 -d '\(words)' -c \"\(statement)\" 2>/dev/null"
    guard let stream = popen(command, "r") else { return nil }
    var output: [UInt8] = []
    while case let byte = fgetc(stream), byte != EOF { output.append(UInt8(byte)) }
    guard pclose(stream) == 0 else { return nil }
    return String(decoding: output, as: UTF8.self).split(separator: "\n").joined(separator: "\n")
}
