import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// An export is verified without the service, as `tenon audit verify` does it.
@Suite struct AuditExportTests {
    private func verify(_ export: [UInt8], pieces: Int = 1 << 16) -> (finding: AuditFinding?, check: AuditExportCheck) {
        var check = AuditExportCheck(hashing: OpenSSLChainHash(), receipts: nil)
        var rest = export[...]
        while !rest.isEmpty {
            let piece = rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            if let finding = piece.withUnsafeBytes({ check.take($0) }) { return (finding, check) }
        }
        let last = check.finish()
        return (last, check)
    }

    @Test("an export verifies whole, in whatever pieces it comes", arguments: StorageAdapter.allCases)
    func whole(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (export, tenant) = try await Self.export(storage)
            for pieces in [1 << 20, 1000, 7, 1] {
                let (finding, check) = verify(export, pieces: pieces)
                #expect(finding == nil)
                #expect(check.tenant == tenant)
                #expect((check.sequence, check.heads, check.lines) == (6, 2, 8))
                #expect(check.signed == 6)
            }
        }
    }

    @Test("whatever is changed in an export is found", arguments: StorageAdapter.allCases)
    func changed(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (export, _) = try await Self.export(storage)
            let text = String(decoding: export, as: UTF8.self)
            let lines = text.split(separator: "\n").map { "\($0)\n" }
            #expect(lines.count == 8)
            func finding(_ lines: [String]) -> AuditFinding.Kind? { verify(Array(lines.joined().utf8)).finding?.kind }
            #expect(finding(Array(lines.dropFirst())) == .gap)
            #expect(finding(lines.enumerated().filter { $0.offset != 1 }.map(\.element)) == .gap)
            #expect(finding([lines[0], lines[0]]) == .outOfOrder)
            #expect(finding([lines[0], lines[2], lines[1]]) == .gap)
            #expect(finding(lines.filter { $0.contains("\"head\"") }) == .missingTail)
            #expect(finding([lines[0].replacing("system:contract", with: "system:somebody")]) == .wrongHash)
            #expect(finding([lines[0].replacing("\"address\":", with: "\"addresses\":")]) == .unreadable)
            #expect(finding([lines[0].replacing("\"seq\":1", with: "\"seq\":1.5")]) == .unreadable)
            #expect(finding([lines[0].replacing("{\"type\"", with: "{\"seq\":1,\"type\"")]) == .unreadable)
            #expect(finding(["nonsense\n"]) == .unreadable)
            #expect(finding([String(lines[0].dropLast(9))]) == .unreadable)
            let other = storage.ids.next(Tenant.self).description
            let tenant = try #require(text.split(separator: "\"tenant\":\"").dropFirst().first?.prefix(30))
            #expect(finding([lines[0], lines[1].replacing(tenant, with: other)]) == .foreignTenant)
            // Any one byte of what the hash covers.
            let covered = lines[2].utf8.count / 2
            for offset in stride(from: 20, to: covered, by: 3) {
                var bytes = Array(lines[2].utf8)
                bytes[offset] = bytes[offset] == UInt8(ascii: "b") ? UInt8(ascii: "c") : UInt8(ascii: "b")
                let whole = Array((lines[0] + lines[1]).utf8) + bytes
                #expect(verify(whole).finding != nil, "\(String(decoding: bytes, as: UTF8.self))")
            }
        }
    }

    @Test("nothing stands in a line that some reader could take for what the hash covers")
    func ambiguous() async throws {
        try await Storage.with(.memory) { storage in
            let (export, _) = try await Self.export(storage)
            let text = String(decoding: export, as: UTF8.self)
            func finding(behind place: String, _ inserted: String) throws -> AuditFinding.Kind? {
                #expect(text.contains(place))
                return verify(Array(text.replacing(place, with: place + inserted, maxReplacements: 1).utf8)).finding?
                    .kind
            }
            let actor = #""actor":"system:contract""#
            #expect(try finding(behind: actor, "") == nil)
            // To a reader that undoes escapes, one that forgives case, and one that takes the last of two.
            for name in [#"\u0061ctor"#, "Actor", "actor", "act\u{F6}r", "note", ""] {
                #expect(try finding(behind: actor, #","\#(name)":"usr_alice""#) == .unreadable, "\(name)")
            }
            // A head that seems to be a record, and a record that seems to be a head.
            #expect(try finding(behind: #""type":"head""#, #","actor":"usr_alice""#) == .unreadable)
            #expect(try finding(behind: #""type":"head""#, #","content":"{}""#) == .unreadable)
            #expect(try finding(behind: actor, #","signed":"a.b.c""#) == .unreadable)
            #expect(try finding(behind: actor, #","details":{"a":1}"#) == .unreadable)
        }
    }

    @Test("what an export shows of a sealed content is proved", arguments: [StorageAdapter.postgresql])
    func content(adapter: StorageAdapter) async throws {
        try await Storage.with(adapter) { storage in
            let (export, _) = try await Self.export(storage)
            let lines = String(decoding: export, as: UTF8.self).split(separator: "\n").map { "\($0)\n" }
            func finding(_ old: String, _ new: String) throws -> AuditFinding.Kind? {
                try #require(lines[0].contains(old))
                return verify(Array((lines[0].replacing(old, with: new) + lines[1...].joined()).utf8)).finding?.kind
            }
            let shown = #""content":"{\"salt\":\""#
            #expect(try finding(shown, shown) == nil)
            #expect(try finding(shown, shown + "A") == .wrongContent)
            #expect(try finding(shown, #""content":null,"note":"{\"salt\":\""#) == .unreadable)
            #expect(try finding(#""content":"#, #""content":7,"x":"#) == .unreadable)
            let digest = Base64URL.encode(SystemRandomness().bytes(32))
            #expect(try finding(#""content_digest":""#, #""content_digest":"\#(digest)","x":""#) == .unreadable)
            let own = try #require(lines[0].split(separator: #""content_digest":""#).last?.prefix(43))
            #expect(try finding(String(own), digest) == .wrongHash)
            // Left out, it proves nothing and spoils nothing: so an administrator of the platform gets it.
            let rest = try #require(lines[0].split(separator: #","content":"#).first)
            let without = rest + "}\n" + lines[1...].joined()
            #expect(verify(Array(without.utf8)).finding == nil)
        }
    }

    @Test("links that no head covers are found, however they came to be there")
    func unsigned() async throws {
        try await Storage.with(.memory) { storage in
            let (export, _) = try await Self.export(storage)
            let lines = String(decoding: export, as: UTF8.self).split(separator: "\n").map { "\($0)\n" }
            func finding(_ lines: [String]) -> AuditFinding? { verify(Array(lines.joined().utf8)).finding }
            // Three records and a head, twice.
            #expect(finding(lines.filter { $0.contains("\"record\"") }) == AuditFinding(.unsigned, at: 1))
            #expect(finding(Array(lines.dropLast())) == AuditFinding(.unsigned, at: 4))
            #expect(finding(Array(lines.prefix(5))) == AuditFinding(.unsigned, at: 4))
            #expect(finding(Array(lines.prefix(4))) == nil, "an older state is one that was signed")
            #expect(
                finding(lines.enumerated().filter { $0.offset != 3 }.map(\.element)) == nil, "the next head covers it")
        }
    }

    @Test("base 64 is read by the table as it is read digit by digit")
    func base64() {
        let randomness = SystemRandomness()
        for count in 0..<80 {
            let bytes = randomness.bytes(count)
            var text = Array(Base64URL.encode(bytes).utf8)
            #expect(text.withUnsafeBufferPointer { Base64URL.decode(utf8: $0) } == bytes)
            for place in text.indices {
                let digit = text[place]
                for other in [UInt8(ascii: "B"), UInt8(ascii: "="), 0xC3] {
                    text[place] = other
                    let slow = Base64URL.decode(String(decoding: text, as: UTF8.self))
                    #expect(text.withUnsafeBufferPointer { Base64URL.decode(utf8: $0) } == slow)
                }
                text[place] = digit
            }
        }
    }

    @Test("heads are known by the keys that signed them, and by no others")
    func signatures() async throws {
        try await Storage.with(.memory) { storage in
            let (export, _) = try await Self.export(storage)
            var check = AuditExportCheck(
                hashing: OpenSSLChainHash(),
                receipts: ReceiptVerification(keys: [
                    PublicSigningKey(keyID: "other", ed25519: [UInt8](repeating: 7, count: 32))
                ]))
            #expect(export.withUnsafeBytes { check.take($0) }?.kind == .forgedHead)
        }
    }

    /// Six records in two batches, with texts that need escapes.
    private static func export(_ storage: Storage) async throws -> ([UInt8], TenantID) {
        let chains = try await AuditedTenant.linker(storage)
        let tenant: TenantID = storage.ids.next()
        for _ in 0..<2 {
            try await AuditedTenant.write(3, in: tenant, storage, action: "a\"b\\c\u{1}é😀", resource: "line\nbreak")
            _ = try await chains.link.execute()
        }
        let sealer =
            storage.auditSealer
            ?? EnvelopeSealer(
                keks: KeyEncryptionKeys([1: Secret(SystemRandomness().bytes(32))]), for: .audit,
                dataKeys: storage.dataKeys, randomness: SystemRandomness(), clock: storage.clock)
        return (try await chains.export(tenant, sealer), tenant)
    }
}
