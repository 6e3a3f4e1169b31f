import Foundation
import Glibc
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// The embedded database on a file system of its own that has no room left. Only root may make one.
@Suite(.serialized, .enabled(if: geteuid() == 0, "mounting a small file system takes root"))
struct DiskFullTests {
    @Test("the service is not ready while its disk is full, and is again when there is room")
    func full() async throws {
        try await withTemporaryFolder { folder in
            func shell(_ script: String) async throws {
                let done = try await ShellCommand.run(script, in: folder)
                #expect(done.status == 0, "\(done.errors)")
            }
            try await shell("mkdir disk && mount -t tmpfs -o size=192m tmpfs disk && chmod 755 . disk")
            defer { umount2("\(folder)/disk", Int32(MNT_DETACH)) }
            let tenon = try await TenonProcess.serve(["--data-dir", "\(folder)/disk/data"])
            #expect(try await tenon.get("/health/ready").status == 200)
            // It ends with the last byte that there is room for.
            try await shell("dd if=/dev/zero of=disk/filler bs=64k 2>/dev/null; test -s disk/filler")
            try await until("not ready") { try await tenon.get("/health/ready").status == 503 }
            let health = try await tenon.get("/health")
            #expect(health.status == 503 && health.json["checks"]?["database"]?["status"] == "down", "\(health)")
            #expect(try await tenon.get("/health/live").status == 200)
            try await shell("rm disk/filler")
            try await until("ready") { try await tenon.get("/health/ready").status == 200 }
            let registered = try await tenon.post(
                "/api/v1/auth/register", ["name": "acme", "email": "a@acme.com", "password": "SecurePassword123"])
            #expect(registered.status == 201)
            #expect(await tenon.end() == 0)
        }
    }
}
