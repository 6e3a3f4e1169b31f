import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// What those who may write, but not see secrets, cannot find out; and what values can be at most.
@Suite struct SightTests {
    @Test("an older secret is not made public by rolling back to it")
    func rollBack() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "hidden", secret: true)
        try await fixture.put("s", "open")
        let refused = await failure { () async throws(Failure) in
            try await fixture.rollBack("s", to: 1, as: fixture.writer)
        }
        #expect(refused?.code == .permissionDenied)
        let back = try await fixture.rollBack("s", to: 1)
        #expect(back.isMasked && back.entry.isSecret)
        #expect(try await fixture.get("s").value == "hidden")
    }

    @Test("a deleted secret comes back as one, unless its author may see it")
    func deleted() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "hidden", secret: true)
        try await fixture.delete("s")
        for refused in [
            await failure { () async throws(Failure) in try await fixture.create("s", "x", as: fixture.writer) },
            await failure { () async throws(Failure) in
                try await fixture.put("s", "x", as: fixture.writer).view
            },
        ] {
            #expect(refused?.code == .permissionDenied)
        }
        #expect(try await fixture.put("s", "x", secret: true, as: fixture.writer).view.isMasked)
        #expect(try await fixture.put("s", "x").view.value == "x")
    }

    @Test("nothing of a secret is told by what it refers to")
    func references() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("inner", "x")
        try await fixture.put("s", "${config:inner}", secret: true)
        try await fixture.put("open", "${config:s}")
        try await fixture.delete("inner")
        // To who may not see the secret the answer is masked; who may is told what is missing.
        #expect(try await fixture.get("open", resolve: true, as: fixture.viewer).isMasked)
        let told = await failure { () async throws(Failure) in try await fixture.get("open", resolve: true) }
        #expect(told?.code == .referenceUnresolved)
        // What does not touch the value does not look at it.
        let patched = try await fixture.patch("s", ConfigPatch(tags: .set(try ConfigTags(["t"]))), as: fixture.writer)
        #expect(patched.entry.version.properties.tags.texts == ["t"])
        try await fixture.delete("s")
        let restored = await failure { () async throws(Failure) in try await fixture.restore("s", as: fixture.writer) }
        #expect(restored?.violations.map(\.code) == ["missing_reference"])
        #expect(restored?.violations.first?.detail.contains("inner") == false)
    }

    @Test("a value that grows beyond its bounds by patches is refused, whatever its parts were")
    func bounds() async throws {
        let fixture = try await ConfigurationFixture()
        func object(_ prefix: String) -> JSONValue {
            var members = JSONObject()
            for number in 0..<60_000 { members["\(prefix)\(number)"] = 1 }
            return .object(members)
        }
        try await fixture.put("j", object("a"))
        let many = await failure { () async throws(Failure) in
            try await fixture.patch("j", ConfigPatch(value: object("b")))
        }
        #expect(many?.violations.map(\.code) == ["too_complex"])
        var deep: JSONValue = 1
        for _ in 0..<65 { deep = [deep] }
        let nested = deep
        let tooDeep = await failure { () async throws(Failure) in try await fixture.put("deep", nested).view }
        #expect(tooDeep?.violations.map(\.code) == ["too_complex"])
        #expect(try await fixture.get("j").entry.version.number == 1)
    }

    @Test("one request follows a thousand references and no more")
    func followed() async throws {
        let fixture = try await ConfigurationFixture()
        let texts = (0..<11).map { part in
            (0..<100).map { "${config:k\(part)_\($0)}" }.joined()
        }
        for part in 0..<11 {
            _ = try await fixture.batch(
                (0..<100).map { ConfigEdit(ConfigurationFixture.key("k\(part)_\($0)"), .assign("")) })
            try await fixture.put("part\(part)", .string(texts[part]))
        }
        #expect(try await fixture.get("part0", resolve: true).value == "")
        let refused = await failure { () async throws(Failure) in
            try await fixture.export(filter: ConfigFilter(prefix: try! ConfigKeyPrefix("part")), resolve: true)
        }
        #expect(refused?.code == .referenceUnresolved)
    }
}
