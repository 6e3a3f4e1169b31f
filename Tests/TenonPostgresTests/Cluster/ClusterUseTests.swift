import Glibc
import Synchronization
import TenonDomain
import Testing

@testable import TenonPostgres

@Suite struct ClusterUseTests {
    @Test("A command uses the cluster of the running service and leaves it running")
    func usesTheRunningOne() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            let used = try await EmbeddedCluster.use(sandbox.settings) { $0 }
            #expect(used == connection)
            #expect(psql("select 1", connection) == "1")
            await cluster.stop()
        }
    }

    @Test("A command makes no cluster where there is none")
    func makesNone() async throws {
        try await ClusterSandbox.use { sandbox in
            let failure = await #expect(throws: Failure.self) { try await EmbeddedCluster.use(sandbox.settings) { $0 } }
            #expect(failure?.code == .clusterMissing)
            #expect(!ClusterFolder(root: ClusterFile(sandbox.settings.dataFolder)).data.isThere)
        }
    }

    /// As a service does that ran once.
    private func makeCluster(_ sandbox: ClusterSandbox) async throws {
        let cluster = sandbox.cluster()
        try await cluster.start()
        await cluster.stop()
    }

    @Test("A command starts the cluster for its own time where no service runs")
    func startsItsOwn() async throws {
        try await ClusterSandbox.use { sandbox in
            try await makeCluster(sandbox)
            let answer = try await EmbeddedCluster.use(sandbox.settings) { psql("select 1", $0) }
            #expect(answer == "1")
            #expect(try sandbox.processes().running() == [])
            let failure = await #expect(throws: Failure.self) {
                try await EmbeddedCluster.use(sandbox.settings) { _ throws(Failure) in throw .bug("of the body") }
            }
            #expect(failure?.code == .internalError)
            #expect(try sandbox.processes().running() == [])
        }
    }

    @Test("Commands at the same time share one cluster, which stays until the last has ended")
    func shareOne() async throws {
        try await ClusterSandbox.use { sandbox in
            try await makeCluster(sandbox)
            let settings = sandbox.settings
            let answers = try await withThrowingTaskGroup(of: String?.self) { group in
                for number in 1...4 {
                    group.addTask {
                        try await EmbeddedCluster.use(settings) { connection in
                            psql("select pg_sleep(0.\(number)), \(number)", connection)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(Set(answers) == ["|1", "|2", "|3", "|4"])
            #expect(try sandbox.processes().running() == [])
        }
    }
}
