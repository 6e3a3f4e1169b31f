public import TenonDomain
internal import TenonKit

/// Changes many entries of a namespace, all or none, as one revision.
public struct BatchConfigs: JoinsTransaction {
    public static let permission = ReviseConfigs.permission

    public struct Output: Sendable {
        /// With its newest revision, which a dry run has not created.
        public let namespace: Namespace
        /// In the order of the edits; with the differences of a dry run.
        public let results: [(outcome: ConfigEditOutcome, difference: ConfigDifference?)]
    }

    let revise: ReviseConfigs

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction))
    }

    /// Fails with `namespaceNotFound`, with the first failure of an edit other than a validation failure, and else with
    /// the violations of all edits, each under `/operations/N`.
    public func execute(_ input: ReviseConfigs.Input, as caller: Caller) async throws(Failure) -> Output {
        try Self.requireDifferentKeys(input.edits)
        let outcome = try await revise.many(input, as: caller)
        if let (place, failure) = outcome.refused.first(where: { $0.failure.violations.isEmpty }) {
            throw Failure(
                failure.code, "\(input.edits[place].key.text): \(failure.detail)",
                violations: [
                    Violation(pointer: "/operations/\(place)", code: failure.code.slug, detail: failure.detail)
                ])
        }
        let violations = outcome.refused.lazy.flatMap { refusal in
            refusal.failure.violations.map { $0.nested(under: "/operations/\(refusal.place)") }
        }.prefix(Violation.maxNamed)
        guard violations.isEmpty else { throw .invalid(Array(violations)) }
        let sight = revise.sight(of: caller)
        return Output(
            namespace: outcome.namespace,
            results: try outcome.outcomes.map { outcome throws(Failure) in
                (outcome, input.isTrial ? try outcome.difference(sight, charging: caller.budget) : nil)
            })
    }

    private static func requireDifferentKeys(_ edits: [ConfigEdit]) throws(Failure) {
        var seen: Set<ConfigKey> = []
        for (place, edit) in edits.enumerated() where !seen.insert(edit.key).inserted {
            throw .invalid(
                "duplicate_key", "Duplicate key \(edit.key.text): an earlier operation already has it.",
                at: "/operations/\(place)/key")
        }
    }
}
