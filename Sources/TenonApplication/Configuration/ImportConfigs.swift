public import TenonDomain
public import TenonKit

/// Stores the entries of a document, all or none, as one revision. Other entries stay unchanged.
public struct ImportConfigs: JoinsTransaction {
    public static let permission = ReviseConfigs.permission

    public struct Input: Sendable {
        public let namespace: NamespaceID
        public let document: [UInt8]
        public let format: ConfigFormat
        public var comment: ChangeComment?
        /// Fails with `preconditionFailed` if the namespace is at another revision.
        public var revision: Int64?
        /// Stores nothing; refusals are part of the output.
        public var isTrial: Bool

        public init(
            namespace: NamespaceID, document: [UInt8], format: ConfigFormat, comment: ChangeComment? = nil,
            revision: Int64? = nil, isTrial: Bool = false
        ) {
            self.namespace = namespace
            self.document = document
            self.format = format
            self.comment = comment
            self.revision = revision
            self.isTrial = isTrial
        }
    }

    /// The outcome of an item.
    public enum Result: Sendable, Equatable {
        /// With the difference of a dry run.
        case created(ConfigDifference?)
        case changed(ConfigDifference?)
        case unchanged
        case refused([Violation])
    }

    public struct Output: Sendable {
        /// With its newest revision, which a dry run has not created.
        public let namespace: Namespace
        /// In the order of the document.
        public let results: [(item: ConfigDocumentItem, result: Result)]
    }

    let revise: ReviseConfigs
    let documents: ConfigDocuments

    public func joining(_ transaction: OpenTransaction) -> Self {
        Self(revise: revise.joining(transaction), documents: documents)
    }

    /// Fails with `namespaceNotFound`, `preconditionFailed`, and with the violations of all refused items, as
    /// `permissionDenied` if the caller may not make one of the changes: each detail begins with the line.
    public func execute(_ input: Input, as caller: Caller) async throws(Failure) -> Output {
        try caller.budget.hold(input.document.count)
        let items = try documents.read(input.document, as: input.format, charging: caller.budget)
        var results: [Result?] = Array(repeating: nil, count: items.count)
        var edits: [ConfigEdit] = []
        var places: [Int] = []
        for (place, item) in items.enumerated() {
            do throws(Failure) {
                edits.append(try ConfigEdit(item, charging: caller.budget))
                places.append(place)
            } catch {
                guard !error.endsRequest else { throw error }
                try caller.budget.hold(error.footprint)
                results[place] = .refused(item.locate(error))
            }
        }
        if results.contains(where: { $0 != nil }), !input.isTrial { throw refusal(results) }
        let outcome = try await revise.many(
            ReviseConfigs.Input(
                namespace: input.namespace, edits: edits, comment: input.comment, revision: input.revision,
                isTrial: input.isTrial),
            as: caller)
        for refused in outcome.refused {
            let place = places[refused.place]
            results[place] = .refused(items[place].locate(refused.failure))
        }
        if !outcome.refused.isEmpty, !input.isTrial {
            let isDenied = outcome.refused.contains { $0.failure.code == .permissionDenied }
            throw refusal(results, as: isDenied ? .permissionDenied : .validationFailed)
        }
        let sight = revise.sight(of: caller)
        let accepted = Dictionary(uniqueKeysWithValues: outcome.outcomes.map { ($0.key, $0) })
        for (edit, place) in zip(edits, places) {
            guard results[place] == nil, let outcome = accepted[edit.key] else { continue }
            results[place] = Self.result(
                outcome, input.isTrial ? try outcome.difference(sight, charging: caller.budget) : nil)
        }
        return Output(
            namespace: outcome.namespace,
            results: zip(items, results).map { item, result in (item, result ?? .unchanged) })
    }

    private static func result(_ outcome: ConfigEditOutcome, _ difference: ConfigDifference?) -> Result {
        guard outcome.isChanged else { return .unchanged }
        return outcome.before == nil ? .created(difference) : .changed(difference)
    }

    private func refusal(_ results: [Result?], as code: FailureCode = .validationFailed) -> Failure {
        let violations = results.flatMap { result -> [Violation] in
            if case .refused(let violations)? = result { violations } else { [] }
        }
        let refusal = Failure.invalid(Array(violations.prefix(Violation.maxNamed)))
        return Failure(code, refusal.detail, violations: refusal.violations)
    }
}

extension ConfigDocumentItem {
    /// The violations of the item, with its position and line.
    fileprivate func locate(_ failure: Failure) -> [Violation] {
        let violations =
            failure.violations.isEmpty
            ? [Violation(code: failure.code.slug, detail: failure.detail)] : failure.violations
        return violations.map { violation in
            // A plain item is the value itself.
            var inner = violation.pointer
            if case .entry = content {} else if inner.hasPrefix("/value") { inner = String(inner.dropFirst(6)) }
            return Violation(
                pointer: pointer + inner, code: violation.code, detail: "Line \(line): \(violation.detail)")
        }
    }
}
