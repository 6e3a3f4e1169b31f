public import TenonDomain
internal import TenonKit

/// Changes entries of a namespace, all or nothing, as one revision. Every command that writes entries is one of its
/// edits, so that the rules for writing exist only here.
public struct ReviseConfigs: Sendable {
    public static let permission = Permission.configsWrite
    public struct Input: Sendable {
        public let namespace: NamespaceID
        public var edits: [ConfigEdit]
        public var comment: ChangeComment?
        /// Fails with `preconditionFailed` if the namespace is at another revision; replaces the preconditions of the
        /// edits.
        public var revision: Int64?
        /// Stores nothing.
        public var isTrial: Bool

        public init(
            namespace: NamespaceID, edits: [ConfigEdit], comment: ChangeComment? = nil, revision: Int64? = nil,
            isTrial: Bool = false
        ) {
            self.namespace = namespace
            self.edits = edits
            self.comment = comment
            self.revision = revision
            self.isTrial = isTrial
        }
    }

    /// The approximate cost of planning an edit, sealing its value and storing it.
    private static let stepsOfEdit = 500

    var transactions: Writes<any HasConfiguration & RecordsEvents>
    let authorizer: any Authorizer
    let sealer: any ValueSealer
    let identifiers: Identifiers
    let clock: any WallClock
    let changes: ConfigChanges
    let referenceKinds: Set<String>

    /// `digests` replace secrets in the audit log; `referenceKinds` are those with a resolver.
    init(
        transactions: any Transactions, authorizer: any Authorizer, sealer: any ValueSealer,
        identifiers: Identifiers, clock: any WallClock, digests: (any KeyedDigests)? = nil,
        referenceKinds: Set<String> = [ConfigAddress.kind]
    ) {
        changes = ConfigChanges(values: AuditedValues(digests: digests))
        self.transactions = Writes(transactions) { $0 }
        self.authorizer = authorizer
        self.sealer = sealer
        self.identifiers = identifiers
        self.clock = clock
        self.referenceKinds = referenceKinds
    }

    func joining(_ transaction: OpenTransaction) -> Self {
        var joined = self
        joined.transactions = transactions.joining(transaction)
        return joined
    }

    /// One edit; throws its refusal.
    func one(
        _ edit: ConfigEdit, in namespace: NamespaceID, comment: ChangeComment?, as caller: Caller
    ) async throws(Failure) -> ConfigEditOutcome {
        let input = Input(namespace: namespace, edits: [edit], comment: comment)
        return try await transactions.write(for: caller, revising: namespace) { work throws(Failure) in
            let outcome = try await revise(input, as: caller, in: work) { revision, outcomes in
                revision.changes[0].changed().changing(changes.change(of: outcomes[0]))
            }
            if let refusal = outcome.refused.first { throw refusal.failure }
            return outcome.outcomes[0]
        }
    }

    /// Many edits, each of another key. Fails with `namespaceNotFound` and with `preconditionFailed` of the namespace;
    /// refusals of edits are part of the output.
    func many(_ input: Input, as caller: Caller) async throws(Failure) -> RevisionOutcome {
        try await transactions.write(for: caller, revising: input.namespace) { work throws(Failure) in
            try await revise(input, as: caller, in: work) { revision, outcomes in
                revision.revised().changing(changes.changes(of: outcomes))
            }
        }
    }

    /// The secrets that the caller may see.
    func sight(of caller: Caller) -> PermissionCheck {
        PermissionCheck(PresentConfigs.permissionForSecrets, of: caller, by: authorizer)
    }

    private func revise(
        _ input: Input, as caller: Caller, in work: any HasConfiguration & RecordsEvents,
        recording event: (ConfigRevision, [ConfigEditOutcome]) -> DomainEvent
    ) async throws(Failure) -> RevisionOutcome {
        let (namespace, standing) = try await work.configuration.revise(
            input.namespace, keys: input.edits.map(\.key))
        try caller.budget.hold(standing.values.reduce(0) { $0 + ($1.version.sealedValue?.bytes.count ?? 0) })
        // Rules can depend on keys, so each edit is checked; without such rules, or without the permission, the
        // namespace is.
        if input.edits.isEmpty || !authorizer.allows(Self.permission, for: caller) {
            try authorizer.require(Self.permission, on: namespace, as: caller)
        }
        if let wanted = input.revision { try Precondition.versions([wanted]).check(namespace.revision) }
        let planner = ConfigPlanner(
            store: work.configuration, sealer: sealer, namespace: namespace, isGuarded: input.revision != nil,
            writing: PermissionCheck(Self.permission, of: caller, by: authorizer), sight: sight(of: caller),
            budget: caller.budget)
        let reading = PermissionCheck(GetConfig.permission, of: caller, by: authorizer)
        var revision = ConfigRevision(of: namespace, at: clock.now())
        var outcomes: [ConfigEditOutcome] = []
        var refused: [(Int, Failure)] = []
        for (place, edit) in input.edits.enumerated() {
            do throws(Failure) {
                try caller.budget.spend(Self.stepsOfEdit)
                let plan = try await planner.plan(edit, standing[edit.key])
                outcomes.append(
                    try await apply(plan, edit.key, input.comment, to: &revision, by: caller, reading: reading))
            } catch {
                guard !error.endsRequest else { throw error }
                try caller.budget.hold(error.footprint)
                refused.append((place, error))
            }
        }
        guard refused.isEmpty, !revision.changes.isEmpty else {
            return RevisionOutcome(namespace: namespace, outcomes: outcomes, refused: refused)
        }
        refused = try await refuseReferences(of: revision, input.edits, planner.sight, work.configuration)
        guard refused.isEmpty else {
            return RevisionOutcome(namespace: namespace, outcomes: outcomes, refused: refused)
        }
        if !input.isTrial {
            try await work.configuration.save(revision)
            work.record(event(revision, outcomes))
        }
        return RevisionOutcome(namespace: revision.namespace, outcomes: outcomes, refused: [])
    }

    /// Edits whose references are unresolved or form a cycle. For a secret that the caller may not see, the error does
    /// not name the reference.
    private func refuseReferences(
        of revision: ConfigRevision, _ edits: [ConfigEdit], _ sight: PermissionCheck, _ store: any ConfigStore
    ) async throws(Failure) -> [(Int, Failure)] {
        let targets = revision.newTargets
        guard !targets.isEmpty else { return [] }
        let violations = revision.referenceViolations(try await store.references(from: Array(targets)))
        var hidden: Set<ConfigKey> = []
        for change in revision.changes where try !sight.shows(change) { hidden.insert(change.key) }
        return edits.enumerated().compactMap { place, edit in
            guard let violation = violations[edit.key] else { return nil }
            let told =
                hidden.contains(edit.key)
                ? Violation(
                    pointer: "/value", code: violation.code, detail: "the value has unresolved references")
                : violation
            return (place, .invalid([told]))
        }
    }

    private func apply(
        _ plan: ConfigPlanner.Plan, _ key: ConfigKey, _ comment: ChangeComment?, to revision: inout ConfigRevision,
        by caller: Caller, reading: PermissionCheck
    ) async throws(Failure) -> ConfigEditOutcome {
        let after: ConfigEntry
        var value: JSONValue?
        switch plan.step {
        case .keep(let standing):
            return ConfigEditOutcome(
                key: key, before: standing, after: standing.entry, value: standing.value, isChanged: false,
                isReadable: try reading.passes(standing.entry))
        case .delete(let entry):
            after = revision.delete(entry, version: identifiers.next(), comment: comment, by: caller.subject)
        case .set(let draft, let change):
            value = draft.value.json
            try caller.budget.spend(draft.value.plaintext.count / 8)
            let references = try references(of: draft.value.json, in: revision.namespace)
            let version: ConfigVersionID = identifiers.next()
            let sealed = try await sealer.seal(
                draft.value.plaintext, at: ConfigVersion.sealPlace(of: version, in: revision.namespace.tenant))
            after = revision.set(
                key, draft, sealed: sealed, as: change, before: plan.standing, id: identifiers.next(),
                version: version, references: references,
                bringsReferences: change == .restored || plan.before?.value != value, comment: comment,
                by: caller.subject)
        }
        return ConfigEditOutcome(
            key: key, before: plan.before, after: after, value: value, isChanged: true,
            isReadable: try reading.passes(after, and: plan.before?.entry))
    }

    private func references(
        of value: JSONValue, in namespace: Namespace
    ) throws(Failure) -> Set<ConfigAddress> {
        let references = value.references(of: referenceKinds)
        guard references.count <= ResolveReferences.maxReferences else {
            throw .invalid(
                "too_many_references", "must have at most \(ResolveReferences.maxReferences) references",
                at: "/value")
        }
        var addresses: Set<ConfigAddress> = []
        for reference in references where reference.kind == ConfigAddress.kind {
            do {
                addresses.insert(try ConfigAddress(reference.target, in: namespace.name))
            } catch {
                throw .invalid([error.nested(under: "/value")])
            }
        }
        return addresses
    }
}
