import TenonApplication
import TenonDomain
import TenonKit
import TestSupport
import Testing

/// What one request may cost: by steps and bytes, which are counted, and not by time.
@Suite struct RequestBudgetTests {
    private static let steps = 50_000_000

    private func budget(_ steps: Int = steps, bytes: Int = 64 << 20) -> RequestBudget {
        RequestBudget(steps: steps, bytes: bytes, memory: nil, tenant: nil)
    }

    private func list(
        _ fixture: ConfigurationFixture, resolve: Bool = false, limit: Int = 20, as caller: Caller
    ) async throws(Failure) -> Page<ConfigView> {
        try await fixture.useCases.listConfigs.execute(
            ListConfigs.Input(
                namespace: fixture.namespace, filter: ConfigFilter(), reveal: resolve, resolve: resolve,
                page: PageRequest(.first, limit: limit)),
            as: caller)
    }

    @Test("references that multiply by a hundred per level are followed once each, and show a secret once")
    func reveals() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("k0", "", secret: true)
        for level in 1...5 {
            let reference = "${config:k\(level - 1)}"
            try await fixture.put("k\(level)", .string(String(repeating: reference, count: 100)))
        }
        let budget = budget()
        #expect(try await fixture.get("k5", resolve: true, as: fixture.member.charging(budget)).value == "")
        #expect(fixture.reveals == 1)
        #expect(Self.steps - budget.steps < 100_000)
    }

    @Test("what references put together is held in memory by the request, and refused beyond its share")
    func memory() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("big", .string(String(repeating: "x", count: 100_000)))
        for number in 0..<20 { try await fixture.put("k\(number)", .string("\(number): ${config:big}")) }
        #expect(try await list(fixture, resolve: true, as: fixture.member.charging(budget())).items.count == 20)
        let refused = await failure { () async throws(Failure) in
            try await list(fixture, resolve: true, as: fixture.member.charging(budget(bytes: 1 << 20)))
        }
        #expect(refused?.code == .tooMuchWork)
    }

    @Test("an export with references put in is bounded by what it becomes, not by what is stored")
    func export() async throws {
        let fixture = try await ConfigurationFixture()
        try await fixture.put("big", .string(String(repeating: "x", count: 900_000)))
        for number in 0..<30 { try await fixture.put("k\(number)", "${config:big}") }
        #expect(try await fixture.export().utf8.count < 1 << 20)
        let refused = await failure { () async throws(Failure) in try await fixture.export(resolve: true) }
        #expect(refused?.code == .tooManyConfigs)
    }

    /// A member of the fixture's tenant, whose tenant has so many rules that each cost a match.
    private func member(of fixture: ConfigurationFixture, rules: Int) throws -> Caller {
        let text = (0..<rules).map {
            "p, role:member, configs, read, deny, \"regexMatch(r.res.key, '(a?b?){20}\($0)$')\""
        }
        let policy = Policy.create(
            id: fixture.ids.next(), of: fixture.tenant,
            PolicyContent(name: try DisplayName("costly"), rules: try PolicyText(text.joined(separator: "\n"))),
            by: "test", at: fixture.clock.now()
        ).0
        let access = TenantAccess(
            tenant: fixture.tenant, status: .active, plan: .free,
            policy: try TenantPolicy(roles: [], policies: [policy]))
        return Caller(fixture.member.principal, from: .test, access: access)
    }

    @Test("a list under costly rules is whole or refused, never shortened, and other tenants pay nothing for it")
    func costlyRules() async throws {
        let (fixture, other) = (try await ConfigurationFixture(), try await ConfigurationFixture())
        let keys = (0..<30).map { "ab.ab.ab.\($0).end" }
        for place in [fixture, other] {
            _ = try await place.batch(keys.map { ConfigEdit(ConfigurationFixture.key($0), .assign(1)) })
        }
        let member = try member(of: fixture, rules: 40)
        let enough = budget()
        #expect(try await list(fixture, limit: 100, as: member.charging(enough)).items.count == keys.count)
        let cost = Self.steps - enough.steps
        #expect(cost > 100_000)
        for part in [2, 10] {
            let refused = await failure { () async throws(Failure) in
                try await list(fixture, limit: 100, as: member.charging(budget(cost / part)))
            }
            #expect(refused?.code == .tooMuchWork)
        }
        let exported = await failure { () async throws(Failure) in
            try await fixture.export(as: member.charging(budget(cost / 2)))
        }
        #expect(exported?.code == .tooMuchWork)
        let others = budget(cost / 2)
        #expect(try await list(other, limit: 100, as: other.member.charging(others)).items.count == keys.count)
    }

    @Test("an import of entries with costly patterns is refused as a whole, with nothing stored")
    func costlyPatterns() async throws {
        let fixture = try await ConfigurationFixture()
        let value = String(repeating: "a", count: 300)
        func document(_ count: Int) -> String {
            let entries = (0..<count).map {
                #"{"key": "k\#($0)", "value": "\#(value)", "value_type": "string", "#
                    + #""validation_schema": {"pattern": "^(a?){300}$"}}"#
            }
            return #"{"configs": ["# + entries.joined(separator: ",") + "]}"
        }
        let one = budget()
        _ = try await fixture.importing(document(1), as: fixture.member.charging(one))
        let cost = Self.steps - one.steps
        #expect(cost > 20_000)
        let revision = try await fixture.revision
        for isTrial in [false, true] {
            let refused = await failure { () async throws(Failure) in
                try await fixture.importing(
                    document(50), isTrial: isTrial, as: fixture.member.charging(budget(20 * cost)))
            }
            #expect(refused?.code == .tooMuchWork)
        }
        #expect(try await fixture.revision == revision)
    }

    @Test("ten thousand ordinary entries are imported and exported for a fraction of what a request may cost")
    func ordinary() async throws {
        let fixture = try await ConfigurationFixture()
        let entries = (0..<10_000).map { #""service.number.\#($0)": "the value of number \#($0)""# }
        let (imported, exported) = (budget(), budget())
        let document = "{" + entries.joined(separator: ",") + "}"
        _ = try await fixture.importing(document, as: fixture.member.charging(imported))
        #expect(Self.steps - imported.steps < Self.steps / 4)
        _ = try await fixture.export(as: fixture.member.charging(exported))
        #expect(Self.steps - exported.steps < Self.steps / 4)
    }

    @Test("a trial's differences are charged together")
    func differences() async throws {
        let fixture = try await ConfigurationFixture()
        let (old, new) = ((0..<500).map { JSONValue.integer($0) }, (0..<500).map { JSONValue.integer(-1 - $0) })
        let keys = (0..<10).map { ConfigurationFixture.key("k\($0)") }
        _ = try await fixture.batch(keys.map { ConfigEdit($0, .assign(.array(old))) })
        let edits = keys.map { ConfigEdit($0, .assign(.array(new))) }
        let enough = budget()
        let output = try await fixture.batch(edits, isTrial: true, as: fixture.member.charging(enough))
        #expect(output.results.allSatisfy { $0.difference != nil })
        let cost = Self.steps - enough.steps
        #expect(cost > 10 * 500 * 500 / 3)
        let refused = await failure { () async throws(Failure) in
            try await fixture.batch(edits, isTrial: true, as: fixture.member.charging(budget(cost / 2)))
        }
        #expect(refused?.code == .tooMuchWork)
    }

    @Test("an import whose client is gone stops")
    func cancelled() async throws {
        let fixture = try await ConfigurationFixture()
        let entries = (0..<2000).map { #""k\#($0)": \#($0)"# }
        let document = "{" + entries.joined(separator: ",") + "}"
        let caller = fixture.member.charging(budget())
        let revision = try await fixture.revision
        let code = await Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await failure { () async throws(Failure) in try await fixture.importing(document, as: caller) }?.code
        }.value
        #expect(code == .cancelled)
        #expect(try await fixture.revision == revision)
    }
}
