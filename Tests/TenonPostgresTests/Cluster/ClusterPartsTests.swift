import TenonDomain
import Testing

@testable import TenonPostgres

@Suite struct ClusterPartsTests {
    @Test("postmaster.pid tells the process and whether it takes connections")
    func postmasterFile() {
        let lines = ["4711", "/data", "1700000000", "5432", "/tmp/x", "", "  12345   0", "ready   "]
        #expect(PostmasterFile(lines: lines)?.process == 4711)
        #expect(PostmasterFile(lines: lines)?.isReady == true)
        #expect(PostmasterFile(lines: Array(lines.dropLast()) + ["starting"])?.isReady == false)
        #expect(PostmasterFile(lines: Array(lines.prefix(3)))?.isReady == false, "it is being written")
        #expect(PostmasterFile(lines: ["-42"])?.process == 42, "a single-user server")
        #expect(PostmasterFile(lines: [""]) == nil)
    }

    @Test("The major version is found in what postgres prints")
    func majorVersion() {
        #expect(ClusterBinaries.majorVersion(in: "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n") == 15)
        #expect(ClusterBinaries.majorVersion(in: "postgres (PostgreSQL) 18beta1") == 18)
        #expect(ClusterBinaries.majorVersion(in: "") == nil)
    }

    @Test("cluster.json is read as it was written, and nothing else is taken for it")
    func description() {
        let connection = ClusterConnection(socketFolder: "/tmp/tenon-abc", postmasterProcess: 12, serviceProcess: 34)
        #expect(ClusterConnection(json: connection.json) == connection)
        #expect(ClusterConnection(json: Array("{\"port\": 5432}".utf8)) == nil)
        #expect(ClusterConnection(json: Array(connection.json.dropLast(5))) == nil)
        let parameters = connection.parameters.map { "\($0.0)=\($0.1)" }
        #expect(parameters == ["host=/tmp/tenon-abc", "port=5432", "user=tenon", "dbname=tenon"])
    }

    @Test("Every event is one line for the log")
    func events() {
        let event = EmbeddedClusterEvent.ready(process: 7, took: .milliseconds(1234))
        #expect(event.description == "PostgreSQL (process 7) is ready after 1234 ms")
    }
}
