internal import TenonDomain
public import TenonKit

/// The difference of two states of an entry, as operations on `{value, value_type, validation_schema, description,
/// is_secret, tags}`; a missing entry is `{}`.
public struct ConfigDifference: Sendable, Equatable {
    public let patch: JSONPatch
    /// Whether values are replaced by `null`: those of a secret, or of an entry that its author may not read.
    public let isMasked: Bool

    public init(patch: JSONPatch, isMasked: Bool) {
        self.patch = patch
        self.isMasked = isMasked
    }

    /// Views contain decrypted values; nil means no entry. Without `secrets:read`, every secret counts as changed, so
    /// that no caller can test guesses. Fails like the budget.
    init(
        from old: ConfigView?, to new: ConfigView?, maySeeSecrets: Bool, charging budget: RequestBudget
    ) throws(Failure) {
        let old = old.flatMap { $0.entry.isDeleted ? nil : $0 }
        let new = new.flatMap { $0.entry.isDeleted ? nil : $0 }
        isMasked = old?.entry.isSecret == true || new?.entry.isSecret == true
        let (from, to) = (Self.document(old, isMasked), Self.document(new, isMasked))
        var patch = try budget.charge { budget throws(KitError) in
            try JSONPatch.diff(from: from, to: to, charging: budget)
        }
        if isMasked, let old, let new, old.value != new.value || !maySeeSecrets {
            patch.operations.append(.replace(path: "/value", value: .null))
        }
        self.patch = patch
    }

    private static func document(_ view: ConfigView?, _ isMasked: Bool) -> JSONValue {
        guard let view else { return [:] }
        return ConfigDraft.document(value: isMasked ? .null : view.value, view.entry.version.properties)
    }
}

extension ConfigEditOutcome {
    /// The difference between the previous and the (to be) stored state, as visible with these permissions. A caller
    /// who may not read the entry sees nothing of it.
    func difference(_ sight: PermissionCheck, charging budget: RequestBudget) throws(Failure) -> ConfigDifference {
        guard isReadable else {
            return ConfigDifference(
                patch: JSONPatch([.replace(path: "/value", value: .null)]), isMasked: true)
        }
        return try ConfigDifference(
            from: before, to: ConfigView(after, value: value),
            maySeeSecrets: try sight.shows(after, and: before?.entry), charging: budget)
    }
}
