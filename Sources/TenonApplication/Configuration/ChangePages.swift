internal import Synchronization
internal import TenonDomain

/// Pages of changes shared by the watchers of one namespace: notifying a thousand of them of a change costs one query
/// and opening each value once.
final class ChangePages: Sendable {
    struct Page: Sendable {
        let changes: [ConfigView]
        /// The namespace's revision.
        let revision: Int64
        let restoredRevision: Int64

        var sealedCount: Int { changes.reduce(0) { $0 + ($1.entry.version.sealedValue?.bytes.count ?? 0) } }
    }

    private struct Key: Hashable {
        let namespace: NamespaceID
        let position: RevisionPosition
        let revision: Int64
    }

    private typealias Reading = Task<Result<Page, Failure>, Never>

    private struct State {
        var readings: [Key: Reading] = [:]
        /// The start of each page, oldest first.
        var order: [(key: Key, at: ContinuousClock.Instant)] = []

        mutating func forget(_ key: Key) {
            readings[key] = nil
            order.removeAll { $0.key == key }
        }
    }

    /// Changes in one page.
    private static let size = 100
    /// How long a page can be shared.
    private static let lifetime = Duration.seconds(1)
    /// The number of small pages that are kept that long, and the bytes of their values.
    private static let capacity = 16
    private static let smallPage = 64 << 10

    private let stores: Reads<any HasConfiguration>
    private let sealer: any ValueSealer
    private let state = Mutex(State())

    init(transactions: any Transactions, sealer: any ValueSealer) {
        stores = Reads(transactions) { $0 }
        self.sealer = sealer
    }

    /// The changes after a position. `revision` is the newest known one: callers with the same revision at about the
    /// same time share a page.
    func page(
        of namespace: NamespaceID, in tenant: TenantID, after position: RevisionPosition, asOf revision: Int64
    ) async throws(Failure) -> Page {
        let key = Key(namespace: namespace, position: position, revision: revision)
        let reading = state.withLock { state in
            while let oldest = state.order.first,
                state.order.count > Self.capacity || oldest.at + Self.lifetime < .now
            {
                state.forget(oldest.key)
            }
            if let known = state.readings[key] { return known }
            let reading = Reading { [self] in
                do throws(Failure) {
                    let page = try await read(namespace, in: tenant, after: position)
                    // Do not cache an empty page: new changes may appear without this process hearing of them.
                    if page.changes.isEmpty || page.sealedCount > Self.smallPage { forget(key) }
                    return .success(page)
                } catch {
                    forget(key)
                    return .failure(error)
                }
            }
            state.readings[key] = reading
            state.order.append((key, .now))
            return reading
        }
        return try await reading.value.get()
    }

    private func forget(_ key: Key) {
        state.withLock { $0.forget(key) }
    }

    private func read(
        _ namespace: NamespaceID, in tenant: TenantID, after position: RevisionPosition
    ) async throws(Failure) -> Page {
        let (changes, revision, restored) = try await stores.in(tenant).configuration.changes(
            in: namespace, after: position, limit: Self.size)
        var views: [ConfigView] = []
        for change in changes {
            views.append(ConfigView(change, value: change.isSecret ? nil : try await sealer.value(of: change)))
        }
        return Page(changes: views, revision: revision, restoredRevision: restored)
    }
}
