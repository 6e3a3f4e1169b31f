import Foundation
import FuzzTargets
import Testing

/// Each fuzz target on the seeds that stand beside it. What does not hold stops the process, as it does when fuzzing.
@Suite struct FuzzTargetTests {
    private static let corpus = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appending(path: "../Fuzz/Corpus").standardized

    private static func names(in folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test("Every target has seeds, and every folder of seeds a target")
    func folders() throws {
        #expect(try Self.names(in: Self.corpus) == FuzzTarget.all.map(\.name).sorted())
    }

    @Test("A target holds for its seeds, and for each of them cut short", arguments: FuzzTarget.all.map(\.name))
    func seeds(name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let folder = Self.corpus.appending(path: name)
        let seeds = try Self.names(in: folder)
        #expect(!seeds.isEmpty)
        for seed in seeds {
            let bytes = [UInt8](try Data(contentsOf: folder.appending(path: seed)))
            #expect(bytes.count <= target.longest, "\(seed)")
            bytes.withUnsafeBytes { target.run($0) }
            bytes[..<(bytes.count / 2)].withUnsafeBytes { target.run($0) }
        }
    }
}
