internal import TenonApplication
internal import TenonDomain
internal import TenonHTTPServer

/// `POST /namespaces/{namespace_id}/configs:batch`
struct BatchConfigsEndpoint: IdempotentEndpoint {
    /// The maximum bytes of a document of many entries.
    static let bodyLimit = 32 << 20

    static let operation = Operation(
        "batchConfigs", .post, "/namespaces/\(.namespace)/configs:batch", tag: "Configuration",
        summary: "Change many entries, all or none",
        description: """
            Each operation changes another key: `put` replaces an entry, `patch` changes parts of one (RFC 7396), `delete` deletes one. All of them become one revision of the namespace, or nothing is changed. `dry_run=true` changes nothing and returns the differences as JSON Patches.
            """, access: .permission(BatchConfigs.permission), query: [.dryRun, ConfigQuery.revision],
        failures: [.namespaceNotFound, .configNotFound, .preconditionFailed, .preconditionRequired],
        takesIdempotencyKey: true, isHeavy: true, bodyLimit: bodyLimit)

    struct Body: RequestBody {
        let operations: BatchOperations
        let comment: ChangeComment?

        static var exampleMembers: Set<String> { ["comment"] }

        init(from fields: inout FieldReader) {
            operations = fields.required("operations")
            comment = fields.optional("comment")
        }
    }

    private let batch: BatchConfigs

    init(_ batch: BatchConfigs) {
        self.batch = batch
    }

    func joining(_ transaction: OpenTransaction) -> Self { Self(batch.joining(transaction)) }

    func handle(_ request: EndpointRequest<Body>) async throws(Failure) -> Answer<RevisionReply> {
        let isTrial = try request.query.isTrial
        let edits = try request.body.operations.edits(charging: request.caller.budget)
        let output = try await batch.execute(
            ReviseConfigs.Input(
                namespace: try request.path(.namespace), edits: edits, comment: request.body.comment,
                revision: try ConfigQuery.revision(of: request.query), isTrial: isTrial),
            as: request.caller)
        return Answer(
            RevisionReply(
                namespace: output.namespace, isTrial: isTrial,
                results: output.results.map { outcome, difference in
                    RevisionResultReply(
                        key: outcome.key.text, outcome: RevisionResultReply.Outcome(outcome),
                        version: outcome.after.version.number, difference: difference)
                }))
    }
}

extension RevisionResultReply.Outcome {
    fileprivate init(_ outcome: ConfigEditOutcome) {
        guard outcome.isChanged else {
            self = .unchanged
            return
        }
        self = outcome.after.isDeleted ? .deleted : outcome.before == nil ? .created : .changed
    }
}
