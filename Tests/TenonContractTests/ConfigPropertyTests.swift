import TenonApplication
import TenonCrypto
import TenonDomain
import TenonKit
import TenonYAML
import TestSupport
import Testing

/// Any sequence of operations, on both adapters side by side.
@Suite struct ConfigPropertyTests {
    @Test(
        "the same operations give the same history on every adapter, and replaying it gives what is there",
        arguments: 1...8)
    func sameHistory(seed: Int) async throws {
        try await Storage.with(.memory) { memory in
            try await Storage.with(.postgresql) { postgres in
                let sides = [try await Side(memory), try await Side(postgres)]
                var random = SplitMix64(seed: UInt64(seed))
                for step in 0..<60 {
                    let operation = Operation(&random)
                    let milliseconds = Int.random(in: -5...50, using: &random)
                    var outcomes: [String] = []
                    for side in sides {
                        side.storage.clock.advance(by: .milliseconds(milliseconds))
                        outcomes.append(await side.run(operation))
                    }
                    #expect(outcomes[0] == outcomes[1], "seed \(seed), step \(step): \(operation)")
                }
                let histories = [try await sides[0].history(), try await sides[1].history()]
                #expect(histories[0] == histories[1], "seed \(seed)")
                #expect(histories[0].count > 5)
                for side in sides { try await checkReplay(side, seed) }
            }
        }
    }

    /// At every revision the versions up to it, replayed, are what the store says was there.
    private func checkReplay(_ side: Side, _ seed: Int) async throws {
        var state: [String: Side.Line] = [:]
        let history = try await side.history()
        for (place, line) in history.enumerated() {
            state[line.key] = line.change == .deleted ? nil : line
            let isLast = place + 1 == history.count || history[place + 1].revision > line.revision
            guard isLast else { continue }
            let expected = state.values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            #expect(try await side.entries(asOf: .revision(line.revision)) == expected, "seed \(seed)")
        }
        #expect(
            try await side.entries(asOf: nil)
                == state.values.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }, "seed \(seed)")
    }
}

/// One adapter with a namespace and the use cases.
private struct Side {
    /// What a version says, but for its ids.
    struct Line: Equatable {
        let key: String
        let number: Int64
        let revision: Int64
        let ordinal: Int64
        let change: ConfigChange
        let properties: ConfigProperties
        let value: [UInt8]?
        let comment: String?
        let milliseconds: Int64
    }

    let storage: Storage
    let useCases: ConfigurationUseCases
    let namespace: Namespace
    private let began: Timestamp

    init(_ storage: Storage) async throws {
        self.storage = storage
        let tenant: TenantID = storage.ids.next()
        let namespace = try storage.namespace(tenant, "production")
        try await storage.write(tenant) { work throws(Failure) in try await work.configuration.add(namespace) }
        self.namespace = namespace
        began = storage.clock.now()
        useCases = ConfigurationUseCases(
            storage.ports, documents: ConfigDocuments(yaml: CoreSchemaYAML()), cache: ConfigCache(bytes: 0),
            table: WatchTable())
    }

    private var caller: Caller { storage.caller(namespace.tenant) }

    /// What came of it, as text.
    func run(_ operation: Operation) async -> String {
        do throws(Failure) {
            switch operation {
            case .create(let key, let draft):
                return text(
                    try await useCases.createConfig.execute(
                        .init(namespace: namespace.id, key: key, draft: draft), as: caller))
            case .put(let key, let draft, let condition):
                return text(
                    try await useCases.putConfig.execute(
                        .init(namespace: namespace.id, key: key, draft: draft, if: condition), as: caller
                    ).view)
            case .patch(let key, let patch):
                return text(
                    try await useCases.patchConfig.execute(
                        .init(namespace: namespace.id, key: key, patch: patch), as: caller))
            case .delete(let key):
                return text(
                    try await useCases.deleteConfig.execute(.init(namespace: namespace.id, key: key), as: caller))
            case .restore(let key):
                return text(
                    try await useCases.restoreConfig.execute(.init(namespace: namespace.id, key: key), as: caller))
            case .rollBack(let key, let version):
                return text(
                    try await useCases.rollBackConfig.execute(
                        .init(namespace: namespace.id, key: key, version: version), as: caller))
            case .batch(let edits, let isTrial):
                let output = try await useCases.batchConfigs.execute(
                    .init(namespace: namespace.id, edits: edits, isTrial: isTrial), as: caller)
                return "\(output.namespace.revision) " + output.results.map { text($0.outcome.view) }.joined()
            }
        } catch {
            return "\(error.code.slug) \(error.detail) \(error.violations)"
        }
    }

    private func text(_ view: ConfigView) -> String {
        let version = view.entry.version
        return "\(view.entry.key.text) \(version.number) \(version.change) \(view.value?.description ?? "-");"
    }

    func history() async throws -> [Line] {
        let store = storage.transactions.reads(in: namespace.tenant).configuration
        return try await store.changes(in: namespace.id, after: .end(of: 0), limit: 10_000).changes.map(line)
    }

    func entries(asOf moment: ConfigMoment?) async throws -> [Line] {
        let store = storage.transactions.reads(in: namespace.tenant).configuration
        let filter = ConfigFilter(asOf: moment)
        return try await store.entries(in: namespace.id, filter, PageRequest(limit: 200)).items.map(line)
    }

    private func line(_ entry: ConfigEntry) -> Line {
        let version = entry.version
        return Line(
            key: entry.key.text, number: version.number, revision: version.position.revision,
            ordinal: version.position.ordinal, change: version.change, properties: version.properties,
            value: version.sealedValue?.bytes, comment: version.comment?.text,
            milliseconds: (version.at - began).milliseconds)
    }
}

/// Keeps values as they are, so that they can be compared.
struct PlainSealer: ValueSealer {
    func seal(_ plaintext: [UInt8], at place: SealPlace) async throws(Failure) -> SealedBytes { SealedBytes(plaintext) }
    func open(_ sealed: SealedBytes, at place: SealPlace) async throws(Failure) -> [UInt8] { sealed.bytes }
    func firstKey(for tenant: TenantID) throws(Failure) -> WrappedDataKey { throw .bug("There are no keys here") }
    func forgetKeys(of tenant: TenantID) {}
}

private enum Operation {
    case create(ConfigKey, ConfigDraft)
    case put(ConfigKey, ConfigDraft, Precondition)
    case patch(ConfigKey, ConfigPatch)
    case delete(ConfigKey)
    case restore(ConfigKey)
    case rollBack(ConfigKey, to: Int64)
    case batch([ConfigEdit], isTrial: Bool)

    init(_ random: inout SplitMix64) {
        let key = Self.key(&random)
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: self = .create(key, Self.draft(&random))
        case 2, 3:
            let version = Int64.random(in: 1...6, using: &random)
            self = .put(
                key, Self.draft(&random),
                [.none, .none, .present, .absent, .versions([version])].randomElement(using: &random)!)
        case 4: self = .patch(key, Self.patch(&random))
        case 5: self = .delete(key)
        case 6: self = .restore(key)
        case 7: self = .rollBack(key, to: Int64.random(in: 1...5, using: &random))
        default:
            var edits: [ConfigKey: ConfigEdit] = [:]
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                let key = Self.key(&random)
                let kinds: [ConfigEdit.Kind] = [
                    .put(Self.draft(&random)), .put(Self.draft(&random)), .assign(Self.value(&random)),
                    .assignText("7"), .delete, .patch(Self.patch(&random)),
                ]
                edits[key] = ConfigEdit(key, kinds.randomElement(using: &random)!)
            }
            self = .batch(
                edits.values.sorted { $0.key.text < $1.key.text },
                isTrial: Bool.random(using: &random) && Bool.random(using: &random))
        }
    }

    private static func key(_ random: inout SplitMix64) -> ConfigKey {
        try! ConfigKey(["a", "A", "b.c", "b-c", "_", "z9"].randomElement(using: &random)!)
    }

    private static func value(_ random: inout SplitMix64) -> JSONValue {
        let values: [JSONValue] = [
            "one", "", "${config:a}", "${config:b.c} and ${config:A}", "${config:nowhere}", 1,
            .number(try! JSONNumber("2.5")), true, ["k": [1, .null]],
            ["k": "${config:z9}"], [1, "two"],
        ]
        return values.randomElement(using: &random)!
    }

    private static func draft(_ random: inout SplitMix64) -> ConfigDraft {
        let tags = try! ConfigTags([["x"], [], ["x", "y:1"]].randomElement(using: &random)!)
        let inferred = try! ConfigDraft(inferredFrom: value(&random))
        return try! ConfigDraft(
            value: inferred.value.json, type: inferred.value.type, isSecret: Bool.random(using: &random), tags: tags)
    }

    private static func patch(_ random: inout SplitMix64) -> ConfigPatch {
        ConfigPatch(
            value: Bool.random(using: &random) ? value(&random) : nil,
            description: [.absent, .removed, .set(try! Description("d"))].randomElement(using: &random)!,
            isSecret: [nil, true, false].randomElement(using: &random)!,
            tags: [.absent, .removed].randomElement(using: &random)!)
    }
}
