internal import TenonDomain
internal import TenonKit

/// Writers of one namespace wait here for one another, before they take a lease, and not on the namespace's row with a
/// lease in hand. Two go at a time: one that holds the row, and one that is next. Between processes the row's lock decides.
final class NamespaceTurns: Sendable {
    /// Another tenant's writers never wait in the same line, whatever namespace they name.
    private struct Key: Hashable {
        let tenant: TenantID
        let namespace: NamespaceID
    }

    private let turns = Turns<Key>(width: 2, waiting: 256, patience: .seconds(10))

    /// Runs the body when it is its turn. Fails as the body, with `tooMuchContention` where too many wait, or for too
    /// long, and with `cancelled`.
    func take<Value: Sendable>(
        _ namespace: NamespaceID, of tenant: TenantID, as caller: Caller, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        let key = Key(tenant: tenant, namespace: namespace)
        if !turns.takeFree(key) {
            try await caller.waiting(for: tenant) { () async throws(Failure) in try await wait(for: key) }
        }
        defer { turns.end(key) }
        return try await body()
    }

    /// Writers that wait, of all namespaces.
    var waiting: Int { turns.waiting }

    private func wait(for key: Key) async throws(Failure) {
        do throws(TurnError) {
            try await turns.take(key)
        } catch {
            switch error {
            case .cancelled: throw Failure(.cancelled, "The request was cancelled.")
            case .tooManyWait, .timedOut:
                throw Failure(
                    .tooMuchContention, "Too many writers wait for this namespace.", retryAfter: .seconds(1))
            }
        }
    }
}
