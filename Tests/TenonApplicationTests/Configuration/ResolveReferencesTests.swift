import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ResolveReferencesTests {
    private func resolved(
        _ key: String, in fixture: ConfigurationFixture, as caller: Caller? = nil
    ) async throws(Failure) -> JSONValue? {
        try await fixture.get(key, resolve: true, as: caller).value
    }

    @Test("within JSON a reference keeps the type of what it leads to; elsewhere it becomes text")
    func types() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("n", .number(try JSONNumber("1.50")))
        try await fixture.put("o", ["x": [true]])
        try await fixture.put("t", "text")
        try await fixture.put("json", ["a": "${config:n}", "b": ["${config:o}", "n=${config:n}"], "${config:n}": 1])
        #expect(
            try await resolved("json", in: fixture)
                == [
                    "a": .number(try JSONNumber("1.50")), "b": [["x": [true]], "n=1.50"], "${config:n}": 1,
                ])
        try await fixture.put("text", "${config:n} ${config:o} ${config:t} $${config:t}")
        #expect(try await resolved("text", in: fixture) == #"1.50 {"x":[true]} text ${config:t}"#)
        try await fixture.put("alone", "${config:n}")
        #expect(try await resolved("alone", in: fixture) == "1.50")
        #expect(try await fixture.get("alone").value == "${config:n}")
    }

    @Test("references lead on, each seen from the namespace that it stands in")
    func namespaces() async throws {
        let fixture = try await ConfigurationFixture()
        let other = try await fixture.addNamespace("shared")
        try await fixture.put("host", "db.shared", in: other)
        try await fixture.put("url", "pg://${config:host}", in: other)
        try await fixture.put("host", "db.app")
        try await fixture.put("url", "${config:shared/url} not ${config:host}")
        #expect(try await resolved("url", in: fixture) == "pg://db.shared not db.app")
    }

    @Test("what leads nowhere any more says so, and is read without its references all the same")
    func missing() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("b", 1)
        try await fixture.put("a", "${config:b}")
        try await fixture.delete("b")
        let refused = await failure { () async throws(Failure) in try await resolved("a", in: fixture) }
        #expect(refused?.code == .referenceUnresolved)
        #expect(refused?.detail.contains("${config:b}") == true)
        #expect(try await fixture.get("a").value == "${config:b}")
    }

    @Test("sixteen references lead to one another, and not seventeen")
    func depth() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("k0", "end")
        for level in 1...16 { try await fixture.put("k\(level)", .string("${config:k\(level - 1)}")) }
        #expect(try await resolved("k16", in: fixture) == "end")
        let longer = await failure { () async throws(Failure) in try await fixture.put("k17", "${config:k16}") }
        #expect(longer?.violations.map(\.code) == ["reference_chain_too_long"])
        // Who refers to an entry is not looked at: what becomes too long further up says so when it is read.
        try await fixture.put("m", "short")
        try await fixture.put("up", "${config:m}")
        try await fixture.put("m", "${config:k15}")
        let refused = await failure { () async throws(Failure) in try await resolved("up", in: fixture) }
        #expect(refused?.code == .referenceUnresolved)
    }

    @Test("a value that references put together has a mebibyte at most, however it is put together")
    func size() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("k0", .string(String(repeating: "x", count: 100_000)))
        for level in 1...3 {
            let references = String(repeating: "${config:k\(level - 1)}", count: 10)
            try await fixture.put("k\(level)", .string(references))
        }
        #expect(try await resolved("k1", in: fixture)?.stringValue?.utf8.count == 1_000_000)
        for key in ["k2", "k3"] {
            let refused = await failure { () async throws(Failure) in try await resolved(key, in: fixture) }
            #expect(refused?.code == .referenceUnresolved)
        }
    }

    @Test("a large value that is only handed on is as large at its end")
    func handedOn() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("k0", .string(String(repeating: "x", count: 900_000)))
        for level in 1...5 { try await fixture.put("k\(level)", .string("${config:k\(level - 1)}")) }
        #expect(try await resolved("k5", in: fixture)?.stringValue?.utf8.count == 900_000)
    }

    @Test("a value leads to a thousand entries at most")
    func lookups() async throws {
        let fixture = try await ConfigurationFixture()
        let leaves = (0..<1000).map { "leaf\($0)" }
        _ = try await fixture.batch(leaves.map { ConfigEdit(ConfigurationFixture.key($0), .assign("")) })
        for group in 0..<10 {
            let references = leaves[(group * 100)..<(group * 100 + 100)].map { JSONValue.string("${config:\($0)}") }
            try await fixture.put("group\(group)", .array(references))
        }
        try await fixture.put("nine", .array((0..<9).map { .string("${config:group\($0)}") }))
        try await fixture.put("all", .array((0..<10).map { .string("${config:group\($0)}") }))
        #expect(try await resolved("nine", in: fixture)?.arrayValue?.count == 9)
        let refused = await failure { () async throws(Failure) in try await resolved("all", in: fixture) }
        #expect(refused?.code == .referenceUnresolved)
    }

    @Test("what refers to a secret is one: masked for a viewer, and its showing is written down")
    func secrets() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("password", "hunter2", secret: true)
        try await fixture.put("url", "pg://app:${config:password}@db")
        try await fixture.put("deep", ["url": "${config:url}"])
        for key in ["url", "deep"] {
            let view = try await fixture.get(key, resolve: true, as: fixture.viewer)
            #expect(view.isMasked && view.value == nil)
            #expect(try await fixture.get(key, reveal: false, resolve: true).isMasked)
        }
        #expect(fixture.reveals == 0)
        #expect(try await resolved("deep", in: fixture) == ["url": "pg://app:hunter2@db"])
        #expect(fixture.reveals == 1)
        let record = fixture.records.last
        #expect(record?.actor == fixture.member.subject && record?.details["key"] == "password")
        #expect(record?.details.values.contains("hunter2") == false)
    }

    @Test("a secret that one answer shows by several ways is written down once")
    func once() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "x", secret: true)
        try await fixture.put("two", "${config:s} ${config:app/s} ${config:s}")
        _ = try await resolved("two", in: fixture)
        #expect(fixture.reveals == 1)
        let page = try await fixture.useCases.listConfigs.execute(
            ListConfigs.Input(
                namespace: fixture.namespace, filter: ConfigFilter(), reveal: true, resolve: true,
                page: PageRequest()),
            as: fixture.member)
        #expect(page.items.map(\.value) == ["x", "x x x"])
        #expect(fixture.reveals == 2)
        _ = try await fixture.export(reveal: true, resolve: true)
        #expect(fixture.reveals == 3)
    }
}

@Suite struct RevealTests {
    @Test("each secret that is shown is written down once, and a masked one not at all")
    func audit() async throws {
        let fixture = try await ConfigurationFixture()
        for name in ["s1", "s2"] { try await fixture.put(name, .string("value of \(name)"), secret: true) }
        try await fixture.put("open", 1)
        #expect(try await fixture.get("s1").value == "value of s1")
        #expect(fixture.reveals == 1)
        #expect(try await fixture.get("s1", reveal: false).isMasked)
        #expect(try await fixture.get("s1", as: fixture.viewer).isMasked)
        #expect(try await fixture.get("open").value == 1)
        #expect(fixture.reveals == 1)
        #expect(!(try await fixture.export()).contains("value of"))
        #expect(fixture.reveals == 1)
        #expect((try await fixture.export(reveal: true)).contains("value of s2"))
        #expect(fixture.reveals == 3)
        try await fixture.put("s1", "second", secret: true)
        let history = try await fixture.useCases.listConfigVersions.execute(
            ListConfigVersions.Input(
                namespace: fixture.namespace, key: ConfigurationFixture.key("s1"), reveal: true, page: PageRequest()),
            as: fixture.member)
        #expect(history.items.map(\.value) == ["second", "value of s1"])
        #expect(fixture.reveals == 5)
    }

    @Test("whoever asks for all secrets and may see none is refused")
    func refused() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "x", secret: true)
        let export = await failure { () async throws(Failure) in
            try await fixture.export(reveal: true, as: fixture.viewer)
        }
        #expect(export?.code == .permissionDenied)
        let list = await failure { () async throws(Failure) in
            try await fixture.useCases.listConfigs.execute(
                ListConfigs.Input(
                    namespace: fixture.namespace, filter: ConfigFilter(), reveal: true, page: PageRequest()),
                as: fixture.viewer)
        }
        #expect(list?.code == .permissionDenied)
        #expect(fixture.reveals == 0)
    }

    @Test("a difference shows no secret to anybody, and changes of its value to those alone who may see it")
    func differences() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "one", secret: true)
        try await fixture.patch("s", ConfigPatch(description: .set(try Description("d"))))
        try await fixture.put("s", "two", secret: true)
        func difference(_ from: Int64?, _ to: Int64?, _ caller: Caller) async throws -> ConfigDifference {
            try await fixture.useCases.diffConfigVersions.execute(
                DiffConfigVersions.Input(
                    namespace: fixture.namespace, key: ConfigurationFixture.key("s"), from: from, to: to), as: caller
            ).difference
        }
        let described = try await difference(1, 2, fixture.member)
        #expect(described.isMasked)
        #expect(described.patch.operations == [.add(path: "/description", value: "d")])
        let masked = JSONPatch.Operation.replace(path: "/value", value: .null)
        #expect(try await difference(1, 2, fixture.viewer).patch.operations.contains(masked))
        #expect(try await difference(nil, nil, fixture.member).patch.operations.contains(masked))
        let created = try await difference(0, 1, fixture.member)
        #expect(!created.patch.operations.isEmpty && created.isMasked)
        #expect(!String(describing: created).contains("one"))
        #expect(fixture.reveals == 0)
    }
}
