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
    /// Pages that are kept for others who ask for them.
    private static let capacity = 64

    private let transactions: any Transactions
    private let sealer: any ValueSealer
    private let readings = Mutex<(known: [Key: Reading], order: [Key])>(([:], []))

    init(transactions: any Transactions, sealer: any ValueSealer) {
        self.transactions = transactions
        self.sealer = sealer
    }

    /// The changes behind a position. `revision` is the newest that was heard of: who asks by the same one gets the
    /// same page.
    func page(
        of namespace: NamespaceID, in tenant: TenantID, after position: RevisionPosition, asOf revision: Int64
    ) async throws(Failure) -> Page {
        let key = Key(namespace: namespace, position: position, revision: revision)
        let reading = readings.withLock { readings in
            if let known = readings.known[key] { return known }
            let reading = Reading { [self] in
                do throws(Failure) {
                    let page = try await read(namespace, in: tenant, after: position)
                    // Something may follow at any time, of which nobody here has heard.
                    if page.changes.isEmpty { forget(key) }
                    return .success(page)
                } catch {
                    forget(key)
                    return .failure(error)
                }
            }
            readings.known[key] = reading
            readings.order.append(key)
            if readings.order.count > Self.capacity { readings.known[readings.order.removeFirst()] = nil }
            return reading
        }
        return try await reading.value.get()
    }

    private func forget(_ key: Key) {
        readings.withLock { readings in
            readings.known[key] = nil
            readings.order.removeAll { $0 == key }
        }
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
