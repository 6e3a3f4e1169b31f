import Glibc
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct ClusterRecoveryTests {
    @Test("After kill -9 of PostgreSQL it is back on the same socket with all that it acknowledged")
    func postmasterIsKilled() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(psql("create table kept as select generate_series(1, 1000) as n", connection) != nil)
            kill(connection.postmasterProcess, SIGKILL)
            try await until { psql("select count(*) from kept", connection) == "1000" }
            let written = try #require(sandbox.folder.description.read().flatMap(ClusterConnection.init(json:)))
            #expect(written.socketFolder == connection.socketFolder)
            #expect(written.postmasterProcess != connection.postmasterProcess)
            await cluster.stop()
            #expect(try sandbox.processes().running() == [])
        }
    }

    @Test("A backend that is busy when the postmaster is killed does not keep the next one from starting")
    func busyBackend() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            let busy = Task.detached { psql("select count(*) from generate_series(1, 1000000000)", connection) }
            try await until {
                psql("select count(*) from pg_stat_activity where query like '%1000000000%'", connection) == "2"
            }
            kill(connection.postmasterProcess, SIGKILL)
            #expect(await busy.value == nil)
            try await until { psql("select 1", connection) == "1" }
            await cluster.stop()
        }
    }

    @Test("A service killed with -9 takes PostgreSQL with it, and the next one finds all that was acknowledged")
    func serviceIsKilled() async throws {
        try await ClusterSandbox.use { sandbox in
            let probe = try ClusterProbe.start(
                keeping: sandbox.folder.root.path, socketParent: sandbox.root.path, as: .own())
            defer { probe.child.signal(SIGKILL) }
            let connection = try await sandbox.describedConnection(of: probe)
            #expect(psql("create table kept as select generate_series(1, 1000) as n", connection) != nil)
            kill(connection.serviceProcess, SIGKILL)
            try await until { probe.child.exit != nil }

            let cluster = sandbox.cluster()
            let again = try await cluster.start()
            #expect(psql("select count(*) from kept", again) == "1000")
            #expect(again.socketFolder != connection.socketFolder)
            #expect(!ClusterFile(connection.socketFolder).isThere, "the old socket's folder is removed")
            await cluster.stop()
        }
    }

    @Test("A service killed with -9 in the middle of initdb is recovered from")
    func serviceIsKilledInInitialization() async throws {
        try await ClusterSandbox.use { sandbox in
            let probe = try ClusterProbe.start(
                keeping: sandbox.folder.root.path, socketParent: sandbox.root.path, as: .own())
            defer { probe.child.signal(SIGKILL) }
            try await until { sandbox.folder.unfinished.appending("global").isThere }
            probe.child.signal(SIGKILL)
            try await until { probe.child.exit != nil }
            #expect(!sandbox.folder.data.isThere)

            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(psql("select 1", connection) == "1")
            #expect(!sandbox.folder.unfinished.isThere)
            await cluster.stop()
        }
    }

    @Test("A postmaster that outlived its service is stopped, and a new one started")
    func outlivedPostmaster() async throws {
        try await ClusterSandbox.use { sandbox in
            try await sandbox.makeCluster()
            let outlived = try await sandbox.startByHand()
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(sandbox.sawEvent { $0 == .stoppingOutlived(process: outlived.process) })
            #expect(outlived.exit == .status(0), "it had the time for a fast shutdown")
            #expect(psql("select 1", connection) == "1")
            await cluster.stop()
        }
    }

    @Test("A stale postmaster.pid is no obstacle, of a dead process or of somebody else's", arguments: [false, true])
    func stalePostmasterFile(isAlive: Bool) async throws {
        try await ClusterSandbox.use { sandbox in
            try await sandbox.makeCluster()
            let killed = try await sandbox.startByHand()
            killed.signal(SIGKILL)
            try await until { killed.exit != nil }
            let file = PostmasterFile.path(in: sandbox.folder.data)
            var lines = try #require(file.lines())
            if isAlive {
                lines[0] = "\(getppid())"
                try file.replace(
                    with: Array(lines.joined(separator: "\n").utf8), owner: try sandbox.processes().account)
            }
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(psql("select 1", connection) == "1")
            await cluster.stop()
        }
    }

    @Test("What an interrupted initdb left is removed, and the cluster made anew")
    func unfinishedCluster() async throws {
        try await ClusterSandbox.use { sandbox in
            let unfinished = sandbox.folder.unfinished.appending("base").appending("1").path
            #expect(system("mkdir -p \(unfinished) && echo 15 > \(sandbox.folder.unfinished.path)/PG_VERSION") == 0)
            #expect(chmod(sandbox.folder.root.path, 0o711) == 0)
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(psql("select 1", connection) == "1")
            #expect(sandbox.sawEvent { $0 == .removingLeftovers(folder: sandbox.folder.unfinished.path) })
            await cluster.stop()
        }
    }

    @Test("A root may start it, so may an ordinary user, and both reach it", .enabled(if: geteuid() == 0))
    func ordinaryUser() async throws {
        try await ClusterSandbox.use { sandbox in
            let nobody = try #require(ClusterAccount(name: "nobody"))
            #expect(chmod(sandbox.root.path, 0o777) == 0)
            let probe = try ClusterProbe.start(
                keeping: sandbox.folder.root.path, socketParent: sandbox.root.path, as: nobody)
            defer { probe.child.signal(SIGKILL) }
            let connection = try await sandbox.describedConnection(of: probe)
            #expect(sandbox.folder.data.status?.st_uid == nobody.user)
            #expect(sandbox.folder.root.status.map { $0.st_mode & 0o777 } == 0o700)
            #expect(psql("select 1", connection) == "1")
            let words = try await EmbeddedCluster.use(sandbox.settings) { psql("select 'as root'", $0) }
            #expect(words == "as root")
            probe.child.signal(SIGKILL)
            try await until { probe.child.exit != nil }
        }
    }
}

extension ClusterSandbox {
    /// Makes the cluster and stops it.
    func makeCluster() async throws {
        let cluster = cluster()
        try await cluster.start()
        await cluster.stop()
    }

    /// What the probe wrote, when it runs.
    func describedConnection(of probe: ClusterProbe) async throws -> ClusterConnection {
        try await until { folder.description.isThere || probe.child.exit != nil }
        return try #require(folder.description.read().flatMap(ClusterConnection.init(json:)))
    }
}
