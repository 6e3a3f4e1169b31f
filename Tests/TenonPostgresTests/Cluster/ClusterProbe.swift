import Glibc
import TenonDomain
import Testing

@testable import TenonPostgres

/// A process of its own that keeps a cluster: this test binary again, told by its environment to run
/// only the test below. It can be killed, and it can run as another user.
struct ClusterProbe: Sendable {
    let child: ClusterChild

    static let variable = "TENON_TEST_CLUSTER_PROBE"
    static var folder: String? { getenv(variable).map { String(cString: $0) } }

    static func start(keeping folder: String, socketParent: String, as account: ClusterAccount) throws -> ClusterProbe {
        let line = try #require(ClusterFile("/proc/self/cmdline").read())
        var words = line.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
        words[0] = try executable()
        for option in ["--filter", "--skip", "--xunit-output", "--event-stream-output-path"] {
            while let place = words.firstIndex(of: option) {
                words.removeSubrange(place...min(place + 1, words.count - 1))
            }
        }
        var variables = ["\(variable)=\(folder)", "TENON_TEST_SOCKETS=\(socketParent)"]
        if let libraries = getenv("LD_LIBRARY_PATH") {
            variables.append("LD_LIBRARY_PATH=\(String(cString: libraries))")
        }
        let nothing = open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(nothing) }
        let command = ClusterCommand(
            "/usr/bin/env", variables + words + ["--filter", "keepsACluster"], account: account,
            deathSignal: "KILL", input: nothing, output: nothing)
        return ClusterProbe(child: try ClusterChild.start(command) {})
    }

    private static func executable() throws -> String {
        let path = try #require(realpath("/proc/self/exe", nil))
        defer { free(path) }
        return String(cString: path)
    }
}

@Suite struct ClusterProbeTests {
    @Test("The probe keeps a cluster until it is killed", .enabled(if: ClusterProbe.folder != nil))
    func keepsACluster() async throws {
        var settings = EmbeddedClusterSettings(dataFolder: try #require(ClusterProbe.folder))
        settings.durableInitialization = false
        settings.sharedBuffers = 16
        settings.socketParent = getenv("TENON_TEST_SOCKETS").map { String(cString: $0) } ?? "/tmp"
        try await EmbeddedCluster(settings).run()
    }
}
