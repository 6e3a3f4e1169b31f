import Glibc
import Synchronization
import TenonDomain
import TestSupport
import Testing

@testable import TenonPostgres

@Suite struct EmbeddedClusterTests {
    @Test("A new cluster answers by its socket and leaves nothing running and no socket behind")
    func startsAndStops() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            #expect(psql("select current_user || ' in ' || current_database()", connection) == "tenon in tenon")
            #expect(psql("show server_encoding", connection) == "UTF8")
            #expect(psql("show listen_addresses", connection) == "")
            #expect(psql("select 'z' < 'ä' and upper('ä') = 'Ä'", connection) == "t")
            #expect(psql("show data_checksums", connection) == "on")
            await cluster.stop()
            #expect(!ClusterFile(connection.socketFolder).isThere)
            #expect(!sandbox.folder.description.isThere)
            #expect(try sandbox.processes().running() == [])
            #expect(kill(connection.postmasterProcess, 0) != 0, "no zombie is left")
        }
    }

    @Test("A restart keeps the data and makes no new cluster")
    func restartKeepsData() async throws {
        try await ClusterSandbox.use { sandbox in
            let first = sandbox.cluster()
            let connection = try await first.start()
            #expect(psql("create table kept as select 42 as answer", connection) != nil)
            await first.stop()
            sandbox.events.withLock { $0 = [] }
            let second = sandbox.cluster()
            let again = try await second.start()
            #expect(psql("select answer from kept", again) == "42")
            #expect(!sandbox.sawEvent { if case .initializing = $0 { true } else { false } })
            await second.stop()
        }
    }

    @Test("A second service in the same data folder is refused with one line that names the first")
    func secondIsRefused() async throws {
        try await ClusterSandbox.use { sandbox in
            let first = sandbox.cluster()
            let connection = try await first.start()
            let failure = await #expect(throws: Failure.self) { try await sandbox.cluster().start() }
            #expect(failure?.code == .clusterInUse)
            #expect(
                failure?.detail
                    == "Another tenon (process \(getpid())) uses this data folder: \(sandbox.folder.root.path)")
            #expect(psql("select 1", connection) == "1", "the first one is undisturbed")
            await first.stop()
        }
    }

    @Test("PostgreSQL runs without root's rights, our environment and our files")
    func runsWithoutRights() async throws {
        setenv("PGAPPNAME", "inherited", 1)
        defer { unsetenv("PGAPPNAME") }
        try await ClusterSandbox.use { sandbox in
            let inherited = open("/dev/null", O_RDONLY)
            defer { close(inherited) }
            let cluster = sandbox.cluster()
            let connection = try await cluster.start()
            let entry = ClusterFile("/proc/\(connection.postmasterProcess)")
            #expect(try #require(entry.status).st_uid != 0)
            let status = entry.appending("status").lines() ?? []
            #expect(status.contains("CapEff:\t0000000000000000"))
            #expect(status.contains("NoNewPrivs:\t1"))
            if geteuid() == 0 { #expect(status.contains { $0.hasPrefix("Groups:\t ") || $0 == "Groups:\t" }) }
            let environment = String(decoding: entry.appending("environ").read() ?? [], as: UTF8.self)
            #expect(!environment.contains("PGAPPNAME"))
            let files = entry.appending("fd").entries.map { entry.appending("fd").appending($0).path }
            let targets = files.compactMap { realpath($0, nil).map { String(cString: $0) } }
            #expect(targets.contains(sandbox.folder.log.path))
            #expect(!targets.contains(sandbox.folder.lock.path))
            #expect(!targets.contains("/dev/null"))
            let socketFolder = try #require(ClusterFile(connection.socketFolder).status)
            #expect(socketFolder.st_mode & 0o777 == 0o700)
            await cluster.stop()
        }
    }

    @Test("Cancelling the task that runs the cluster stops it")
    func cancellationStops() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            let running = Task { try await cluster.run() }
            try await until { sandbox.sawEvent { if case .ready = $0 { true } else { false } } }
            running.cancel()
            try await running.value
            #expect(sandbox.sawEvent { $0 == .stopped })
            #expect(try sandbox.processes().running() == [])
        }
    }

    @Test("A start that is given up in the middle of initdb leaves nothing behind")
    func givenUpStart() async throws {
        try await ClusterSandbox.use { sandbox in
            // The callback itself gives up, so that no scheduler's mood lets initdb finish before.
            let givesUp = Mutex<(task: Task<ClusterConnection, any Error>?, isDue: Bool)>((nil, false))
            let cluster = EmbeddedCluster(sandbox.settings) { event in
                guard case .initializing = event else { return }
                givesUp.withLock {
                    $0.isDue = true
                    $0.task?.cancel()
                }
            }
            let starting = Task { try await cluster.start() }
            givesUp.withLock {
                $0.task = starting
                if $0.isDue { starting.cancel() }
            }
            let failure = await #expect(throws: Failure.self) { try await starting.value }
            #expect(failure?.code == .cancelled)
            await cluster.stop()
            #expect(!sandbox.folder.unfinished.isThere)
            #expect(!sandbox.folder.data.isThere)
        }
    }

    @Test("A cluster that was stopped before it started never starts")
    func stoppedBefore() async throws {
        try await ClusterSandbox.use { sandbox in
            let cluster = sandbox.cluster()
            await cluster.stop()
            let failure = await #expect(throws: Failure.self) { try await cluster.start() }
            #expect(failure?.code == .cancelled)
            #expect(!sandbox.folder.root.isThere)
        }
    }
}
