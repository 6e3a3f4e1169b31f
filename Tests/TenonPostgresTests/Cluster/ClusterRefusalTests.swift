import Glibc
import TenonDomain
import Testing

@testable import TenonPostgres

@Suite struct ClusterRefusalTests {
    private func refusal(_ settings: EmbeddedClusterSettings) async -> String {
        do throws(Failure) {
            let cluster = EmbeddedCluster(settings)
            try await cluster.start()
            await cluster.stop()
            return "none"
        } catch {
            return error.code == .clusterUnavailable ? error.detail : error.code.slug
        }
    }

    @Test("A data folder that cannot be made is refused with the reason")
    func notWritable() async throws {
        let detail = await refusal(EmbeddedClusterSettings(dataFolder: "/proc/tenon"))
        #expect(detail.hasPrefix("The folder /proc/tenon cannot be made: "))
        #expect(!detail.contains("\n"))
    }

    @Test("A deep data folder works, since the socket stands elsewhere")
    func deepFolder() async throws {
        try await ClusterSandbox.use { sandbox in
            let deep = ClusterFolder(
                root: sandbox.root.appending((1...12).map { "a-long-name-\($0)" }.joined(separator: "/")))
            var settings = sandbox.settings
            settings.dataFolder = deep.root.path
            let cluster = sandbox.cluster(settings)
            let connection = try await cluster.start()
            #expect(psql("select 1", connection) == "1")
            await cluster.stop()
        }
    }

    @Test("A data folder that PostgreSQL has no room for, and a socket folder that a socket has none for")
    func tooLong() async throws {
        let name = String(repeating: "x", count: 1000)
        let long = EmbeddedClusterSettings(dataFolder: "/tmp/\(name)")
        #expect(await refusal(long).hasPrefix("The path of the data folder is too long (1005 bytes"))
        try await ClusterSandbox.use { sandbox in
            try await sandbox.makeCluster()
            var settings = sandbox.settings
            settings.socketParent = "/tmp/" + String(repeating: "x", count: 90)
            #expect(await refusal(settings).contains("too long a name: with the socket it would be 122 bytes"))
        }
    }

    @Test("A data folder of somebody else's, or that anybody may write in, is refused")
    func foreignFolder() async throws {
        try await ClusterSandbox.use { sandbox in
            try sandbox.folder.root.makeFolder(mode: 0o777, owner: .own())
            #expect(await refusal(sandbox.settings).hasPrefix("Anybody may write in the data folder"))
            guard geteuid() == 0 else { return }
            #expect(chown(sandbox.folder.root.path, 65534, 65534) == 0)
            #expect(await refusal(sandbox.settings).hasSuffix("belongs to the user nobody, not to root."))
        }
    }

    @Test("A folder that PostgreSQL's user cannot pass through is named", .enabled(if: geteuid() == 0))
    func notEnterable() async throws {
        try await ClusterSandbox.use { sandbox in
            #expect(chmod(sandbox.root.path, 0o700) == 0)
            let detail = await refusal(sandbox.settings)
            #expect(detail.hasPrefix("\(sandbox.root.path) cannot be entered by the user postgres"))
        }
    }

    @Test("Missing programs, and data of a version that is not installed, are named with their package")
    func missingPrograms() async throws {
        try await ClusterSandbox.use { sandbox in
            var settings = sandbox.settings
            settings.binaryFolder = "/usr/lib"
            #expect(await refusal(settings) == "There is no PostgreSQL (postgres and initdb) in /usr/lib.")
            let data = sandbox.folder.data
            let account = try #require(try ClusterAccount.own().user == 0 ? ClusterAccount(name: "postgres") : .own())
            try data.makeFolder(mode: 0o700, owner: account)
            try data.appending("PG_VERSION").replace(with: Array("9\n".utf8), owner: account)
            #expect(await refusal(sandbox.settings).contains("install the package postgresql-9."))
            unlink(data.appending("PG_VERSION").path)
            #expect(await refusal(sandbox.settings).hasSuffix("is no PostgreSQL data folder: move it away."))
        }
    }

    @Test("Programs found along the search path tell their version themselves")
    func chosenPrograms() async throws {
        try await ClusterSandbox.use { sandbox in
            let programs = ClusterPrograms(folder: sandbox.folder, account: try .own(), control: ClusterControl())
            let packaged = try ClusterBinaries.find(sandbox.settings, for: nil) { _ in nil }
            let link = sandbox.root.appending("bin")
            #expect(symlink(packaged.folder.path, link.path) == 0)
            #expect(programs.version(of: link) == packaged.version)
        }
    }

    @Test("PostgreSQL's own reason is in the line when it does not start")
    func reasonOfPostgres() async throws {
        try await ClusterSandbox.use { sandbox in
            try await sandbox.makeCluster()
            let control = sandbox.folder.data.appending("global").appending("pg_control")
            unlink(control.path)
            let detail = await refusal(sandbox.settings)
            #expect(detail.hasPrefix("PostgreSQL did not start: "))
            #expect(!detail.contains("\n"))
            #expect(detail.contains("postgres.log"))
            #expect(sandbox.root.entries == ["data"], "no socket folder is left")
        }
    }
}
