internal import TenonDomain
internal import TenonKit

/// The changes of edits for the audit log. A secret's value, and a long value, is a keyed digest, which only shows
/// whether two values are equal.
struct ConfigChanges: Sendable {
    /// The maximum bytes of a value that is listed unchanged when many entries change at once.
    static let longestListedValue = 512
    /// The maximum number of entries that are listed when many change at once.
    static let maxListed = 50

    let values: AuditedValues

    /// For one entry.
    func change(of outcome: ConfigEditOutcome) -> ResourceChange {
        change(of: outcome, longest: AuditedValues.longest)
    }

    /// For many entries, by their keys.
    func changes(of outcomes: [ConfigEditOutcome]) -> ResourceChange {
        let changed = outcomes.filter(\.isChanged)
        var before: [String: JSONValue] = [:]
        var after: [String: JSONValue] = [:]
        for outcome in changed.prefix(Self.maxListed) {
            let change = change(of: outcome, longest: Self.longestListedValue)
            if !change.before.isEmpty { before[outcome.key.text] = .members(change.before) }
            if !change.after.isEmpty { after[outcome.key.text] = .members(change.after) }
        }
        return ResourceChange(
            before: before, after: after, omitted: changed.count - min(changed.count, Self.maxListed))
    }

    private func change(of outcome: ConfigEditOutcome, longest: Int) -> ResourceChange {
        // A value that is a secret before or after counts as a secret.
        let isSecret = outcome.after.isSecret || outcome.before?.entry.isSecret == true
        var before: [String: JSONValue] = [:]
        if let old = outcome.before {
            before = members(old.value, old.entry, isSecret: isSecret, longest: longest)
        }
        var after: [String: JSONValue] = [:]
        if !outcome.after.isDeleted {
            after = members(outcome.value, outcome.after, isSecret: isSecret, longest: longest)
        }
        return ResourceChange(before: before, after: after)
    }

    private func members(
        _ value: JSONValue?, _ entry: ConfigEntry, isSecret: Bool, longest: Int
    ) -> [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        let document = ConfigDraft.document(value: value, entry.version.properties).objectValue ?? JSONObject()
        for (name, member) in document {
            let isHidden = isSecret && name == "value"
            members[name] = values.recorded(member, of: entry.tenant, isHidden: isHidden, longest: longest)
        }
        return members
    }
}
