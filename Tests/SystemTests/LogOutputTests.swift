import Foundation
import TestSupport
import Testing

@testable import tenon

@Suite struct LogOutputTests {
    @Test("Lines beyond the bound are dropped and counted while nobody reads, and one line tells of them afterwards")
    func unread() async throws {
        let pipe = Pipe()
        let output = LogOutput(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        output.onDrops { count in output.put(Array("dropped \(count)".utf8), isUrgent: true) }
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999)
        // The pipe takes 64 KiB, the output 1 MiB.
        for _ in 0..<2_000 { output.put(line, isUrgent: false) }
        let dropped = output.dropped
        #expect((800...1_000).contains(dropped))
        output.put(line, isUrgent: true)
        #expect(output.dropped == dropped + 1)

        let read = try await TestProcess.offPool { () -> String in
            var text = ""
            while !text.hasSuffix("dropped \(dropped + 1)\n") {
                text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            }
            return text
        }
        #expect(read.split(separator: "\n").count == 2_001 - (dropped + 1) + 1)
    }

    @Test(
        "A service whose log nobody reads goes on answering, counts what it dropped, and says so when output flows again"
    )
    func service() async throws {
        let port = try TestProcess.freePort()
        let (process, log) = (Process(), Pipe())
        process.executableURL = URL(fileURLWithPath: TenonProcess.binary)
        process.arguments = ["serve", "--in-memory", "--port", "\(port)"]
        process.environment = [:]
        process.standardOutput = log
        process.standardError = FileHandle.nullDevice
        try process.run()
        defer { process.terminate() }

        func curl(_ arguments: String) async throws -> String {
            try await withTemporaryFolder { try await ShellCommand.run("curl -s -m 60 \(arguments)", in: $0).output }
        }
        let server = "http://127.0.0.1:\(port)"
        try await until("its start") { try await curl("\(server)/health/live").isEmpty == false || !process.isRunning }
        // Some 300 bytes of log each.
        let statuses = try await curl("-o /dev/null -w '%{http_code} ' '\(server)/health/live#[1-6000]'")
        #expect(Set(statuses.split(separator: " ")) == ["200"])
        let metrics = try await curl("\(server)/metrics")
        let dropped = try #require(metrics.firstMatch(of: /\ntenon_log_lines_dropped_total ([0-9]+)/)?.1)
        #expect(Int(dropped)! > 0)

        _ = try await TestProcess.offPool {
            while !String(decoding: log.fileHandleForReading.availableData, as: UTF8.self).contains(
                "lines were dropped")
            {}
        }
    }
}
