internal import TenonDomain
internal import TenonKit

/// Works out the changes an edit makes to the current entries.
struct ConfigPlanner {
    enum Step {
        /// Nothing changes.
        case keep(ConfigView)
        case set(ConfigDraft, ConfigChange)
        case delete(ConfigEntry)
    }

    struct Plan {
        let step: Step
        /// The current entry, deleted or not.
        let standing: ConfigEntry?
        /// The same with its value; nil if it is deleted.
        let before: ConfigView?
    }

    let store: any ConfigStore
    let sealer: any ValueSealer
    let namespace: Namespace
    /// Whether the namespace's revision was named, which covers each entry.
    let isGuarded: Bool
    /// The author's permissions to write, and to see secrets.
    let writing: PermissionCheck
    let sight: PermissionCheck
    let budget: RequestBudget

    func plan(_ edit: ConfigEdit, _ standing: ConfigEntry?) async throws(Failure) -> Plan {
        try requireWriting(edit, standing)
        let live = standing.flatMap { $0.isDeleted ? nil : $0 }
        if case .create = edit.kind, live != nil {
            throw Failure(.configKeyTaken, "The key \(edit.key.text) already exists.")
        }
        // A missing entry has no version.
        if edit.kind.needsEntry, live == nil { throw .noConfig(edit.key) }
        try edit.precondition.check(live?.version.number, isRequired: namespace.requiresIfMatch && !isGuarded)
        var before: ConfigView?
        if let live { before = ConfigView(live, value: try await value(of: live, for: edit.kind)) }
        let step = try await step(edit, standing, before)
        if case .set(let draft, _) = step {
            let isSecret = draft.properties.isSecret
            if let standing, standing.isSecret, !isSecret { try requireSight(of: standing) }
            try writing.require(
                on: PlannedConfig(edit.key, in: namespace, isSecret: isSecret, replacing: standing))
        }
        return Plan(step: step, standing: standing, before: before)
    }

    /// Checks the current entry, deleted or not, before anything about it is revealed.
    private func requireWriting(_ edit: ConfigEdit, _ standing: ConfigEntry?) throws(Failure) {
        let isSecret = standing?.isSecret ?? edit.kind.makesSecret
        try writing.require(on: PlannedConfig(edit.key, in: namespace, isSecret: isSecret, replacing: standing))
    }

    /// A value that can no longer be opened can still be replaced and deleted.
    private func value(of entry: ConfigEntry, for kind: ConfigEdit.Kind) async throws(Failure) -> JSONValue? {
        do throws(Failure) {
            return try await sealer.value(of: entry, charging: budget)
        } catch {
            guard kind.needsValue || error.code.kind == .unavailable || error.code == .tooMuchWork else { return nil }
            throw error
        }
    }

    private func step(
        _ edit: ConfigEdit, _ standing: ConfigEntry?, _ before: ConfigView?
    ) async throws(Failure) -> Step {
        switch edit.kind {
        case .create(let draft): return .set(draft.replacing(standing), .created)
        case .put(let draft): return try put(draft.replacing(standing), before)
        case .patch(let patch):
            let (entry, value) = try present(edit.key, before)
            if patch.dependsOn(value) { try requireSight(of: entry) }
            return try put(patch.applied(to: value, entry.version.properties, charging: budget), before)
        case .assign(let value):
            guard let before else {
                return try put(ConfigDraft(inferredFrom: value, charging: budget).replacing(standing), nil)
            }
            return try put(ConfigDraft(value: value, before.entry.version.properties, charging: budget), before)
        case .assignText(let text):
            guard let before else {
                return try put(ConfigDraft(inferredFrom: .string(text), charging: budget).replacing(standing), nil)
            }
            let properties = before.entry.version.properties
            try budget.spend(text.utf8.count / 2)
            return try put(
                ConfigDraft(
                    value: ConfigValue.json(text, as: properties.valueType), properties, charging: budget), before)
        case .describe(let properties, let keepsSecret):
            let (entry, value) = try present(edit.key, before)
            if properties.valueType != entry.version.properties.valueType
                || properties.schema != entry.version.properties.schema
            {
                try requireSight(of: entry)
            }
            let draft = try ConfigDraft(value: value, properties, keepsSecret: keepsSecret, charging: budget)
            return try put(draft.replacing(standing), before)
        case .delete:
            guard let before else { throw .noConfig(edit.key) }
            return .delete(before.entry)
        case .restore: return try await restore(edit.key, standing)
        case .rollBack(let number): return try await rollBack(edit.key, to: number, before)
        }
    }

    /// An edit without effect keeps the entry. For a secret only callers who may see it learn this; others could find
    /// out its value by trying.
    private func put(_ draft: ConfigDraft, _ before: ConfigView?) throws(Failure) -> Step {
        guard let before else { return .set(draft, .created) }
        let isSame = before.value == draft.value.json && before.entry.version.properties == draft.properties
        guard isSame, try sight.shows(before.entry) else { return .set(draft, .updated) }
        return .keep(before)
    }

    private func restore(_ key: ConfigKey, _ standing: ConfigEntry?) async throws(Failure) -> Step {
        guard let standing else { throw .noConfig(key) }
        guard standing.isDeleted else { throw Failure(.configNotDeleted, "The key \(key.text) is not deleted.") }
        let newest = try await store.versions(of: key, in: namespace.id, PageRequest(limit: 2)).items
        guard let last = newest.dropFirst().first, let value = try await sealer.value(of: last, charging: budget) else {
            throw .bug("The version before a deletion of \(standing.id) has no value")
        }
        return .set(try ConfigDraft(value: value, standing.version.properties, charging: budget), .restored)
    }

    private func rollBack(
        _ key: ConfigKey, to number: Int64, _ before: ConfigView?
    ) async throws(Failure) -> Step {
        let (entry, _) = try present(key, before)
        try requireSight(of: entry)
        let old = try await store.entry(key, in: namespace.id, at: .number(number))
        try requireSight(of: old)
        guard let value = try await sealer.value(of: old, charging: budget) else {
            throw Failure(.configVersionNotFound, "Version \(number) is a deletion and has no value.")
        }
        if value == before?.value { return .keep(ConfigView(entry, value: value)) }
        // The old value may have been a secret, and the request does not mention that.
        let draft = try ConfigDraft(value: value, entry.version.properties, keepsSecret: true, charging: budget)
        return .set(draft.replacing(old), .rolledBack)
    }

    private func present(
        _ key: ConfigKey, _ before: ConfigView?
    ) throws(Failure) -> (entry: ConfigEntry, value: JSONValue) {
        guard let before else { throw .noConfig(key) }
        guard let value = before.value else { throw .bug("\(before.entry.id) has no value") }
        return (before.entry, value)
    }

    private func requireSight(of entry: ConfigEntry) throws(Failure) {
        guard try sight.shows(entry) else {
            throw Failure(
                .permissionDenied,
                "The change depends on a secret's value and requires the permission \(Permission.secretsRead.name).")
        }
    }
}

extension ConfigEdit.Kind {
    /// Whether it makes a new entry a secret.
    fileprivate var makesSecret: Bool {
        switch self {
        case .create(let draft), .put(let draft): draft.properties.isSecret
        case .describe(let properties, _): properties.isSecret
        case .patch, .assign, .assignText, .delete, .restore, .rollBack: false
        }
    }

    /// Whether it needs an existing entry.
    fileprivate var needsEntry: Bool {
        switch self {
        case .patch, .describe, .delete, .rollBack: true
        case .create, .put, .assign, .assignText, .restore: false
        }
    }

    /// Whether its effect depends on the entry's value.
    fileprivate var needsValue: Bool {
        switch self {
        case .patch, .describe, .rollBack: true
        case .create, .put, .assign, .assignText, .delete, .restore: false
        }
    }
}

extension ConfigPatch {
    /// Whether its effect, or the response, could reveal the value.
    fileprivate func dependsOn(_ old: JSONValue) -> Bool {
        if let value { return value.objectValue != nil && old.objectValue != nil }
        return valueType != nil || schema != .absent
    }
}
