import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

@Suite struct ReviseConfigsTests {
    @Test("each change makes a version with what it did, its author, its time and its comment")
    func history() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.create("a", 1)
        fixture.clock.advance(by: .seconds(1))
        try await fixture.put("a", 2, comment: "more", as: fixture.writer)
        try await fixture.patch("a", ConfigPatch(tags: .set(try ConfigTags(["t"]))))
        try await fixture.delete("a")
        try await fixture.restore("a")
        let last = try await fixture.rollBack("a", to: 1)
        #expect(last.value == 1 && last.entry.version.properties.tags.texts == ["t"])
        let versions = try await fixture.versions("a").reversed().map(\.version)
        #expect(versions.map(\.number) == [1, 2, 3, 4, 5, 6])
        #expect(versions.map(\.change) == [.created, .updated, .updated, .deleted, .restored, .rolledBack])
        #expect(versions.map(\.position.revision) == [2, 3, 4, 5, 6, 7])
        #expect(versions[1].author == fixture.writer.subject && versions[1].comment?.text == "more")
        #expect(versions[2].author == fixture.member.subject && versions[2].comment == nil)
        #expect(versions[1].at - versions[0].at == .seconds(1))
        #expect(
            fixture.records.suffix(6).map(\.action) == [
                "configuration.config_created", "configuration.config_updated", "configuration.config_updated",
                "configuration.config_deleted", "configuration.config_restored", "configuration.config_rolled_back",
            ])
    }

    @Test("what is the same already makes no version and no revision")
    func same() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", ["x": 1, "y": 2])
        let revision = try await fixture.revision
        let again = try await fixture.put("a", ["y": 2, "x": 1])
        #expect(!again.isNew && again.view.entry.version.number == 1)
        try await fixture.patch("a", ConfigPatch())
        try await fixture.patch("a", ConfigPatch(value: ["x": 1], tags: .removed))
        try await fixture.rollBack("a", to: 1)
        #expect(try await fixture.revision == revision)
        #expect(try await fixture.versions("a").count == 1)
    }

    @Test("a deleted key that is created again continues its history")
    func again() async throws {
        let fixture = try await ConfigurationFixture()
        let first = try await fixture.create("a", 1)
        try await fixture.delete("a")
        let second = try await fixture.create("a", "x")
        #expect(second.entry.id == first.entry.id && second.entry.version.number == 3)
        #expect(second.entry.version.change == .created)
        try await fixture.delete("a")
        let third = try await fixture.put("a", true)
        #expect(third.isNew && third.view.entry.version.number == 5)
    }

    @Test("each command is refused where the entry is not in the state for it")
    func states() async throws {
        let fixture = try await ConfigurationFixture()
        #expect(
            await failure { () async throws(Failure) in try await fixture.patch("a", ConfigPatch()) }?.code
                == .configNotFound)
        #expect(await failure { () async throws(Failure) in try await fixture.delete("a") }?.code == .configNotFound)
        #expect(await failure { () async throws(Failure) in try await fixture.restore("a") }?.code == .configNotFound)
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1) }?.code
                == .configNotFound)
        try await fixture.create("a", 1)
        #expect(await failure { () async throws(Failure) in try await fixture.create("a", 2) }?.code == .configKeyTaken)
        #expect(await failure { () async throws(Failure) in try await fixture.restore("a") }?.code == .configNotDeleted)
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 2) }?.code
                == .configVersionNotFound)
        try await fixture.delete("a")
        #expect(await failure { () async throws(Failure) in try await fixture.delete("a") }?.code == .configNotFound)
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1) }?.code
                == .configNotFound)
        try await fixture.restore("a")
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 2) }?.code
                == .configVersionNotFound)
    }

    @Test("a precondition is held against the version that stands")
    func preconditions() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1, if: .absent)
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", 2, if: .absent) }?.code
                == .preconditionFailed)
        try await fixture.put("a", 2, if: .versions([1]))
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", 3, if: .versions([1])) }?.code
                == .preconditionFailed)
        #expect(
            await failure { () async throws(Failure) in
                try await fixture.patch("a", ConfigPatch(value: 3), if: .versions([1]))
            }?.code
                == .preconditionFailed)
        #expect(
            await failure { () async throws(Failure) in try await fixture.delete("a", if: .versions([1])) }?.code
                == .preconditionFailed)
        try await fixture.delete("a", if: .present)
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", 3, if: .present) }?.code
                == .preconditionFailed)
        try await fixture.put("a", 3, if: .absent)
        #expect(try await fixture.versions("a").count == 4)
    }

    @Test("where the namespace requires it, a change of what is there names its version")
    func required() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.update(requiresIfMatch: true)
        try await fixture.put("a", 1)
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", 2) }?.code == .preconditionRequired)
        #expect(
            await failure { () async throws(Failure) in try await fixture.patch("a", ConfigPatch(value: 2)) }?.code
                == .preconditionRequired)
        #expect(
            await failure { () async throws(Failure) in try await fixture.delete("a") }?.code == .preconditionRequired)
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1) }?.code
                == .preconditionRequired)
        try await fixture.put("a", 2, if: .versions([1]))
        try await fixture.delete("a", if: .present)
        try await fixture.restore("a")
        let revision = try await fixture.revision
        let edit = ConfigEdit(ConfigurationFixture.key("a"), .assign(5))
        #expect(
            await failure { () async throws(Failure) in try await fixture.batch([edit]) }?.code == .preconditionRequired
        )
        _ = try await fixture.batch([edit], revision: revision)
        #expect(try await fixture.get("a").value == 5)
    }

    @Test("a value that today's rules refuse cannot be rolled back to, and it is said what breaks")
    func rules() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        try await fixture.put("a", 50, schema: ["min_value": 10])
        let refused = await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1) }
        #expect(refused?.rules == ["/value too_small"])
        try await fixture.put("a", "text")
        #expect(
            await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1) }?.rules == [
                "/value wrong_type"
            ])
        #expect(try await fixture.versions("a").count == 3)
    }

    @Test("an entry that refers to what is gone cannot be restored, nor one that would close a circle")
    func references() async throws {
        let fixture = try await ConfigurationFixture()
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", "${config:b}") }?.rules
                == ["/value missing_reference"])
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("a", "${config:not a key}") }?.rules
                == ["/value invalid_reference"])
        try await fixture.put("b", 1)
        try await fixture.put("a", "${config:b}")
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("b", ["${config:a}"]) }?.rules
                == ["/value reference_cycle"])
        try await fixture.delete("a")
        try await fixture.delete("b")
        #expect(
            await failure { () async throws(Failure) in try await fixture.restore("a") }?.rules == [
                "/value missing_reference"
            ])
        let many = JSONValue.array(Array(repeating: "${config:b}", count: 101))
        #expect(
            await failure { () async throws(Failure) in try await fixture.put("c", many) }?.rules == [
                "/value too_many_references"
            ])
    }

    @Test("viewers change nothing, and other tenants find nothing")
    func authority() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("a", 1)
        let other = SignedInUser(
            id: fixture.ids.next(), tenant: fixture.ids.next(), session: fixture.ids.next(), roles: [.owner])
        for (caller, code) in [
            (fixture.viewer, FailureCode.permissionDenied),
            (Caller(.user(other), from: .test), .namespaceNotFound),
            (Caller(.anonymous, from: .test), .notAuthenticated),
        ] {
            #expect(
                await failure { () async throws(Failure) in try await fixture.put("a", 2, as: caller) }?.code == code)
            #expect(
                await failure { () async throws(Failure) in try await fixture.delete("a", as: caller) }?.code == code)
            #expect(
                await failure { () async throws(Failure) in try await fixture.restore("a", as: caller) }?.code == code)
            #expect(
                await failure { () async throws(Failure) in try await fixture.rollBack("a", to: 1, as: caller) }?.code
                    == code)
            #expect(
                await failure { () async throws(Failure) in try await fixture.importing("{}", as: caller) }?.code
                    == code)
        }
        #expect(try await fixture.versions("a").count == 1)
    }
}

@Suite struct SecretChangeTests {
    private let patched: [ConfigPatch] = [
        ConfigPatch(isSecret: false), ConfigPatch(schema: .set(["required": ["p"]])),
        ConfigPatch(value: ["p": "x"]), ConfigPatch(valueType: .json),
    ]

    @Test("what depends on a secret's value is refused to those who may not see it")
    func dependent() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", ["p": "hidden"], secret: true)
        for patch in patched {
            let refused = await failure { () async throws(Failure) in
                try await fixture.patch("s", patch, as: fixture.writer)
            }
            #expect(refused?.code == .permissionDenied, "\(patch)")
        }
        for refused in [
            await failure { () async throws(Failure) in try await fixture.rollBack("s", to: 1, as: fixture.writer) },
            await failure { () async throws(Failure) in try await fixture.put("s", ["p": "hidden"], as: fixture.writer)
            },
            await failure { () async throws(Failure) in
                try await fixture.importing(
                    #"{"configs":[{"key":"s","masked":true,"value_type":"json","is_secret":false}]}"#,
                    as: fixture.writer)
            },
        ] {
            #expect(refused != nil)
            #expect(refused?.detail.contains("hidden") == false)
        }
        #expect(try await fixture.versions("s").count == 1)
        #expect(try await fixture.get("s").value == ["p": "hidden"])
    }

    @Test("whoever may not see a secret can replace it, and is not told whether it was the same")
    func blind() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "same", secret: true)
        let written = try await fixture.put("s", "same", secret: true, as: fixture.writer)
        #expect(written.view.entry.version.number == 2 && written.view.isMasked)
        let kept = try await fixture.put("s", "same", secret: true)
        #expect(kept.view.entry.version.number == 2 && kept.view.isMasked)
        let trial = try await fixture.batch(
            [ConfigEdit(ConfigurationFixture.key("s"), .assign("same"))], isTrial: true, as: fixture.writer)
        #expect(trial.results[0].outcome.isChanged)
        #expect(trial.results[0].difference?.patch.operations.contains(.replace(path: "/value", value: .null)) == true)
        let other = try await fixture.batch(
            [ConfigEdit(ConfigurationFixture.key("s"), .assign("other"))], isTrial: true, as: fixture.writer)
        #expect(other.results[0].difference == trial.results[0].difference)
    }

    @Test("the answer of every change of a secret masks it")
    func masked() async throws {
        let fixture = try await ConfigurationFixture()
        let views = [
            try await fixture.put("s", "v1", secret: true).view,
            try await fixture.patch("s", ConfigPatch(value: "v2")),
            try await fixture.rollBack("s", to: 1),
            try await fixture.delete("s"),
            try await fixture.restore("s"),
        ]
        for view in views { #expect(view.value == nil) }
        #expect(views.map(\.isMasked) == [true, true, true, false, true])
        #expect(fixture.reveals == 0)
    }

    @Test("what was no secret once is masked with the rest as soon as it is one")
    func past() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("s", "open")
        try await fixture.patch("s", ConfigPatch(isSecret: true))
        for choice in [ConfigVersionChoice.number(1), .asOf(.revision(2))] {
            #expect(try await fixture.get("s", version: choice, as: fixture.viewer).isMasked)
        }
        let listed = try await fixture.useCases.listConfigVersions.execute(
            ListConfigVersions.Input(
                namespace: fixture.namespace, key: ConfigurationFixture.key("s"), page: PageRequest()),
            as: fixture.viewer)
        #expect(listed.items.map(\.isMasked) == [true, true])
    }
}
