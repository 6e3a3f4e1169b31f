public import TenonApplication
public import TenonDomain
public import TenonHTTPServer

// What the server asks of the service, answered by its use cases.

extension Authenticate: Authenticator {}

extension RateLimiter: RequestLimiter {}

extension AnswerOnce: IdempotentRequests {}

extension RecordDenial: DenialLog {
    public func record(
        operation: String, resource: ResourceReference?, code: String, detail: String, as caller: Caller
    ) async throws(Failure) {
        try await execute(Input(operation: operation, resource: resource, code: code, detail: detail), as: caller)
    }
}
