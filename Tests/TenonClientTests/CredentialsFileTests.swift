import Foundation
import TenonDomain
import TenonKit
import Testing

@testable import TenonClient

@Suite struct CredentialsFileTests {
    private let credential = StoredCredential(
        email: "a@b.co", access: Secret("access-7fQ2"), refresh: Secret("refresh-9xK4"),
        expiresAt: Timestamp(millisecondsSince1970: 1_800_000_000_000))

    private func mode(_ path: String) throws -> Int {
        try #require(FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
    }

    @Test("What is kept is read again, from a file of one's own in a folder of one's own")
    func kept() async throws {
        try await withTemporaryFolder { folder in
            let file = CredentialsFile(path: folder + "/deep/tenon/credentials.json")
            #expect(try file.read() == CredentialsFile.Content())
            let first = try ServerAddress("http://127.0.0.1:8000")
            let second = try ServerAddress("https://tenon.example.com")
            for server in [first, second] {
                try await file.update { content throws(Failure) in
                    content.servers[server] = credential
                    content.current = server
                }
            }
            let content = try file.read()
            #expect(content.current == second)
            #expect(content.servers == [first: credential, second: credential])
            #expect(try mode(file.path) == 0o600)
            #expect(try mode(folder + "/deep/tenon") == 0o700)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/deep/tenon").count == 2)
        }
    }

    @Test(
        "A file that others can read, or that nobody can make out, is refused and not shown",
        arguments: [0o644, 0o620, 0o601, 0])
    func refused(mode: Int) async throws {
        try await withTemporaryFolder { folder in
            let path = folder + "/credentials.json"
            // Mode 0 stands for content that is none.
            let text = mode == 0 ? "hunter2" : "{\"current\":null,\"servers\":{}}"
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: mode == 0 ? 0o600 : mode], ofItemAtPath: path)
            let file = CredentialsFile(path: path)
            for refusal in [
                await failure { _ = try file.read() },
                await failure { try await file.update { content throws(Failure) in content = .init() } },
            ] {
                #expect(refusal?.code == .credentialsUnusable)
                #expect(refusal?.detail.hasPrefix(path) == true)
                #expect(refusal?.detail.contains("hunter2") == false)
            }
        }
    }

    @Test("Changes at one time are made one after the other")
    func concurrent() async throws {
        try await withTemporaryFolder { folder in
            let file = CredentialsFile(path: folder + "/credentials.json")
            await withTaskGroup(of: Void.self) { group in
                for number in 1...20 {
                    group.addTask {
                        let change = await failure {
                            let server = try ServerAddress("http://127.0.0.1:\(number)")
                            try await file.update { content throws(Failure) in
                                await Task.yield()
                                content.servers[server] = credential
                            }
                        }
                        #expect(change == nil)
                    }
                }
            }
            let content = try file.read()
            #expect(content.servers.count == 20)
        }
    }

    @Test(
        "The place follows the environment",
        arguments: [
            (["XDG_CONFIG_HOME": "/x", "HOME": "/h"], "/x/tenon/credentials.json"),
            (["XDG_CONFIG_HOME": "relative", "HOME": "/h"], "/h/.config/tenon/credentials.json"), (["HOME": ""], nil),
        ] as [([String: String], String?)])
    func place(environment: [String: String], path: String?) {
        #expect(CredentialsFile.standard(environment)?.path == path)
    }
}
