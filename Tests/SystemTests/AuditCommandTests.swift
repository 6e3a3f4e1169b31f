import Foundation
import Testing

/// `tenon audit verify` of what nobody signed.
struct AuditCommandTests {
    /// One record, with the hash that anybody can compute.
    private static let invented = #"""
        {"type":"record","seq":1,"hash":"o2HmoUWRxArOKDXQ5ubEiJAOG-JQ-zH3RB5m-eaM-bE","id":"aud_00000000000000000000000035",\#
        "tenant":"ten_00000000000000000000000c1s","actor":"usr_mallory","action":"a.done",\#
        "resource_type":"thing","resource_id":"1","outcome":"success","plain":"{}",\#
        "address":null,"user_agent":null,"request_id":"r","trace_id":null,"occurred_at":"2026-01-01T00:00:00.000Z"}
        """#

    private func verify(_ keys: String) async throws -> ShellCommand {
        let folder = FileManager.default.temporaryDirectory.appending(path: "tenon-audit-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try Self.invented.write(to: folder.appending(path: "log"), atomically: true, encoding: .utf8)
        try keys.write(to: folder.appending(path: "jwks.json"), atomically: true, encoding: .utf8)
        return try await ShellCommand.run("tenon audit verify log --keys jwks.json", in: folder.path)
    }

    @Test("a chain that anybody could have made, since no head covers it, is invalid")
    func invented() async throws {
        let key = String(repeating: "A", count: 43)
        let shown = try await verify(#"{"keys": [{"kty": "OKP", "crv": "Ed25519", "kid": "k", "x": "\#(key)"}]}"#)
        #expect(shown.output == "invalid: unsigned at seq 1, line 1; signed through seq 0\n")
        #expect(shown.status == 1)
    }

    @Test("a key set without a key that could have signed is refused")
    func noKeys() async throws {
        for keys in [#"{"keys": []}"#, #"{"keys": [{"kty": "RSA", "kid": "k", "n": "AQAB", "e": "AQAB"}]}"#] {
            let shown = try await verify(keys)
            #expect(shown.output.isEmpty && shown.errors.contains("must contain an Ed25519 key"), "\(shown.errors)")
            #expect(shown.status == 2)
        }
    }
}
