import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct BatchConfigsTests {
    private func key(_ text: String) -> ConfigKey { ConfigurationFixture.key(text) }

    @Test("a batch is one revision, one event, and versions in the order of its edits")
    func one() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        try await fixture.put("b", 2)
        let before = try await fixture.revision
        let output = try await fixture.batch([
            ConfigEdit(key("c"), .put(try ConfigurationFixture.draft(3))),
            ConfigEdit(key("a"), .patch(ConfigPatch(value: 10)), if: .versions([1])),
            ConfigEdit(key("b"), .delete),
            ConfigEdit(key("d"), .put(try ConfigurationFixture.draft("${config:c}"))),
        ])
        #expect(output.namespace.revision == before + 1)
        #expect(output.results.map(\.outcome.after.version.position.ordinal) == [0, 1, 2, 3])
        #expect(output.results.allSatisfy { $0.outcome.after.version.position.revision == before + 1 })
        #expect(output.results.allSatisfy { $0.difference == nil })
        #expect(try await fixture.get("a").value == 10)
        #expect(fixture.records.last?.action == "configuration.configs_revised")
        #expect(
            fixture.records.last?.details
                == ["revision": .integer(before + 1), "created": 2, "updated": 1, "deleted": 1])
    }

    @Test("where one edit is refused nothing is done, and every refused one is named")
    func none() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1, schema: ["max_value": 5])
        try await fixture.put("b", true)
        let (before, records) = (try await fixture.revision, fixture.records.count)
        let refused = await failure { () async throws(Failure) in
            try await fixture.batch([
                ConfigEdit(key("new"), .assign(1)), ConfigEdit(key("a"), .assign(6)), ConfigEdit(key("b"), .assign(0)),
            ])
        }
        #expect(refused?.rules == ["/operations/1/value too_large", "/operations/2/value wrong_type"])
        let stale = await failure { () async throws(Failure) in
            try await fixture.batch([
                ConfigEdit(key("new"), .assign(1)), ConfigEdit(key("a"), .assign(2), if: .versions([9])),
            ])
        }
        #expect(stale?.code == .preconditionFailed && stale?.detail.hasPrefix("a: ") == true)
        let circle = await failure { () async throws(Failure) in
            try await fixture.batch([
                ConfigEdit(key("x"), .assign("${config:y}")), ConfigEdit(key("y"), .assign("${config:x}")),
            ])
        }
        #expect(circle?.violations.map(\.code) == ["reference_cycle"])
        let twice = await failure { () async throws(Failure) in
            try await fixture.batch([ConfigEdit(key("x"), .assign(1)), ConfigEdit(key("x"), .delete)])
        }
        #expect(twice?.rules == ["/operations/1/key duplicate_key"])
        let moved = await failure { () async throws(Failure) in
            try await fixture.batch([ConfigEdit(key("x"), .assign(1))], revision: before - 1)
        }
        #expect(moved?.code == .preconditionFailed)
        #expect(try await fixture.revision == before && fixture.records.count == records)
    }

    @Test("a trial run stores nothing and answers what would become of each entry")
    func trial() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        let (before, records) = (try await fixture.revision, fixture.records.count)
        let output = try await fixture.batch(
            [
                ConfigEdit(key("a"), .assign(2)), ConfigEdit(key("b"), .assign("x")),
            ], isTrial: true)
        #expect(output.results[0].difference?.patch.operations == [.replace(path: "/value", value: 2)])
        #expect(output.results[1].outcome.before == nil && output.results[1].outcome.isChanged)
        let deletion = try await fixture.batch([ConfigEdit(key("a"), .delete)], isTrial: true)
        #expect(
            deletion.results[0].difference?.patch.operations.allSatisfy {
                if case .remove = $0 { true } else { false }
            } == true)
        #expect(try await fixture.revision == before && fixture.records.count == records)
        #expect(try await fixture.get("a").value == 1)
    }

    @Test("ten thousand edits are one revision")
    func many() async throws {
        let fixture = try await ConfigurationFixture()
        let edits = (0..<10_000).map { ConfigEdit(key("k\($0)"), .assign(.integer(Int64($0)))) }
        let output = try await fixture.batch(edits)
        #expect(output.results.count == 10_000)
        #expect(try await fixture.revision == 2)
        #expect(try await fixture.get("k9999").value == 9999)
        #expect(try await fixture.get("k9999").entry.version.position.ordinal == 9999)
    }
}

@Suite struct ImportConfigsTests {
    @Test("a plain document keeps types and rules that stand, and infers those of new keys")
    func plain() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("port", 80, schema: ["max_value": 100])
        let output = try await fixture.importing(#"{"port": 90, "name": "x", "flags": {"a": true}, "on": false}"#)
        #expect(output.results.map(\.result) == [.changed(nil), .created(nil), .created(nil), .created(nil)])
        #expect(output.namespace.revision == 3)
        #expect(try await fixture.get("port").entry.version.properties.schema.json == ["max_value": 100])
        #expect(try await fixture.get("flags").entry.version.properties.valueType == .json)
        #expect(try await fixture.get("on").entry.version.properties.valueType == .boolean)
        let again = try await fixture.importing(#"{"port": 90}"#)
        #expect(again.results.map(\.result) == [.unchanged] && again.namespace.revision == 3)
    }

    @Test("lines of environment variables are texts, which the types that stand read")
    func lines() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("PORT", 80)
        try await fixture.put("DEBUG", true)
        try await fixture.put("LIST", [1])
        _ = try await fixture.importing("PORT=8080\nDEBUG=false\nLIST=[1,2]\nNAME=8080\n", .env)
        #expect(try await fixture.get("PORT").value == 8080)
        #expect(try await fixture.get("DEBUG").value == false)
        #expect(try await fixture.get("LIST").value == [1, 2])
        #expect(try await fixture.get("NAME").value == "8080")
        let refused = await failure { () async throws(Failure) in try await fixture.importing("A=1\nPORT=many\n", .env)
        }
        #expect(refused?.rules == ["/PORT wrong_type"])
        #expect(refused?.detail.hasPrefix("Line 2: ") == true)
    }

    @Test("a full document says everything of an entry, and a masked one keeps its value")
    func full() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "kept", secret: true)
        let output = try await fixture.importing(
            """
            configs:
              - key: s
                masked: true
                value_type: string
                is_secret: true
                description: rotated yearly
              - key: level
                value: INFO
                value_type: select
                validation_schema: {options: [INFO, WARN]}
                tags: [b, a]
            """, .yaml)
        #expect(output.results.map(\.result) == [.changed(nil), .created(nil)])
        let secret = try await fixture.get("s")
        #expect(secret.value == "kept" && secret.entry.version.properties.description?.text == "rotated yearly")
        #expect(try await fixture.get("level").entry.version.properties.tags.texts == ["a", "b"])
        let absent = await failure { () async throws(Failure) in
            try await fixture.importing(#"{"configs":[{"key":"none","masked":true,"value_type":"string"}]}"#)
        }
        #expect(absent?.rules == ["/configs/0 config_not_found"])
    }

    @Test("whatever an entry says that it cannot say is refused with its line")
    func members() async throws {
        let fixture = try await ConfigurationFixture()
        let document = """
            {"configs": [
              {"key": "a", "value": 1, "colour": "red"},
              {"key": "b", "value": 1, "value_type": "integer"},
              {"key": "c", "value_type": "string"},
              {"key": "d e", "value": 1},
              {"key": "e", "value": "x", "value_type": "number"},
              {"key": "f", "value": 1, "value_type": "number", "is_secret": "yes"},
              {"key": "g", "value": 1, "value_type": "number", "tags": ["-"]},
              {"key": "h", "value": 1, "value_type": "number", "masked": true}
            ]}
            """
        let refused = await failure { () async throws(Failure) in try await fixture.importing(document) }
        #expect(
            refused?.rules == [
                "/configs/0/colour unknown_field", "/configs/1/value_type not_an_option",
                "/configs/2/value missing", "/configs/3 invalid_key", "/configs/4/value wrong_type",
                "/configs/5/is_secret wrong_type", "/configs/6/tags/0 invalid_tag", "/configs/7/value unexpected",
            ])
        for (place, violation) in (refused?.violations ?? []).enumerated() {
            #expect(violation.detail.hasPrefix("Line \(place + 2): "), "\(violation)")
        }
        #expect(try await fixture.revision == 1)
    }

    @Test("of ten thousand keys one is bad: it is named, and nothing is stored")
    func bad() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("k7777", 1)
        let lines = (0..<10_000).map { #"  "k\#($0)": \#($0 == 7777 ? "\"text\"" : "\($0)")"# }
        let document = "{\n" + lines.joined(separator: ",\n") + "\n}"
        let refused = await failure { () async throws(Failure) in try await fixture.importing(document) }
        #expect(refused?.rules == ["/k7777 wrong_type"])
        #expect(refused?.detail.hasPrefix("Line 7779: ") == true)
        #expect(try await fixture.revision == 2)
        let trial = try await fixture.importing(document, isTrial: true)
        #expect(trial.results.count == 10_000)
        #expect(trial.results.count { if case .refused = $0.result { true } else { false } } == 1)
        #expect(try await fixture.revision == 2)
    }

    @Test("a document of nothing changes nothing")
    func nothing() async throws {
        let fixture = try await ConfigurationFixture()
        for (document, format) in [("{}", ConfigFormat.json), (#"{"configs":[]}"#, .json), ("{}", .yaml), ("", .env)] {
            let output = try await fixture.importing(document, format)
            #expect(output.results.isEmpty && output.namespace.revision == 1)
        }
    }
}

@Suite struct ExportConfigsTests {
    @Test("what is exported and imported again changes nothing, in each format", arguments: ConfigFormat.allCases)
    func roundTrip(format: ConfigFormat) async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("text", "line one\nline two \"quoted\" # $HOME ${x}")
        try await fixture.put("looks_like_number", "007")
        try await fixture.put("number", .number(try JSONNumber("1.50")))
        try await fixture.put("flag", true)
        try await fixture.put("json", ["a": [1, .null, "ü"]])
        try await fixture.put("ranged", 5, schema: ["min_value": 1])
        try await fixture.put("secret", "hidden", secret: true)
        let revision = try await fixture.revision
        let document = try await fixture.export(format)
        #expect(!document.contains("hidden"))
        let output = try await fixture.importing(document, format)
        #expect(output.results.allSatisfy { $0.result == .unchanged }, "\(output.results)")
        #expect(output.results.count == (format == .env ? 6 : 7))
        let revealed = try await fixture.importing(try await fixture.export(format, reveal: true), format)
        #expect(revealed.results.allSatisfy { $0.result == .unchanged } && revealed.results.count == 7)
        #expect(try await fixture.revision == revision)
    }

    @Test("a document is all of one revision, whatever is written meanwhile")
    func oneRevision() async throws {
        let fixture = try await ConfigurationFixture()
        let keys = (0..<2500).map { ConfigurationFixture.key("k\($0)") }
        _ = try await fixture.batch(keys.map { ConfigEdit($0, .assign(0)) })
        let writing = Task { () -> Int in
            var round = 0
            while !Task.isCancelled {
                round += 1
                let value = JSONValue.integer(Int64(round))
                _ = try? await fixture.batch(keys.map { ConfigEdit($0, .assign(value)) })
            }
            return round
        }
        for _ in 0..<5 {
            let document = try JSONParser.parse(try await fixture.export())
            let entries = try #require(document["configs"]?.arrayValue)
            let revision = try #require(document["revision"]?.numberValue?.int64)
            #expect(entries.count == 2500)
            #expect(Set(entries.map { $0["value"] }) == [.integer(revision - 2)])
        }
        writing.cancel()
        #expect(await writing.value > 0)
    }

    @Test("an older state is exported with its revision, and one that is to come is refused")
    func past() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        try await fixture.put("a", 2)
        try await fixture.put("b", 3)
        let old = try JSONParser.parse(try await fixture.export(filter: ConfigFilter(asOf: .revision(2))))
        #expect(old["revision"] == 2 && old["configs"]?.arrayValue?.map { $0["value"] } == [1])
        let refused = await failure { () async throws(Failure) in
            try await fixture.export(filter: ConfigFilter(asOf: .revision(99)))
        }
        #expect(refused?.rules == ["?as_of unknown_revision"])
    }
}
