internal import Synchronization
internal import TenonDomain

/// Pages of changes that watchers of one namespace share: a thousand of them that are told of a change at once cost one
/// query and one opening of each value.
final class ChangePages: Sendable {
    struct Page: Sendable {
        let changes: [ConfigView]
        /// That the namespace was at.
        let revision: Int64
    }

    private struct Key: Hashable {
        let namespace: NamespaceID
        let position: RevisionPosition
        let revision: Int64
    }

    private typealias Reading = Task<Result<Page, Failure>, Never>

    /// Changes in one page.
    private static let size = 100

    private let transactions: any Transactions
    private let sealer: any ValueSealer
    /// Those under way.
    private let readings = Mutex<[Key: Reading]>([:])

    init(transactions: any Transactions, sealer: any ValueSealer) {
        self.transactions = transactions
        self.sealer = sealer
    }

    /// The changes behind a position. `revision` is the newest that was heard of: who asks by the same one while another
    /// does gets the same page.
    func page(
        of namespace: NamespaceID, in tenant: TenantID, after position: RevisionPosition, asOf revision: Int64
    ) async throws(Failure) -> Page {
        let key = Key(namespace: namespace, position: position, revision: revision)
        let reading = readings.withLock { readings in
            if let underway = readings[key] { return underway }
            let reading = Reading { [self] in
                defer { _ = self.readings.withLock { $0.removeValue(forKey: key) } }
                do throws(Failure) {
                    return .success(try await read(namespace, in: tenant, after: position))
                } catch {
                    return .failure(error)
                }
            }
            readings[key] = reading
            return reading
        }
        return try await reading.value.get()
    }

    private func read(
        _ namespace: NamespaceID, in tenant: TenantID, after position: RevisionPosition
    ) async throws(Failure) -> Page {
        let (changes, revision) = try await transactions.reads(in: tenant).configuration.changes(
            in: namespace, after: position, limit: Self.size)
        var views: [ConfigView] = []
        for change in changes {
            views.append(ConfigView(change, value: change.isSecret ? nil : try await sealer.value(of: change)))
        }
        return Page(changes: views, revision: revision)
    }
}
