internal import Synchronization
internal import TenonDomain

/// The revisions of namespaces in tenants' own databases. Remembers which database holds which namespace, so that one
/// query per database is enough.
final class NamespaceLocations: Sendable {
    private struct State {
        var locations: [NamespaceID: TenantID] = [:]
        /// Found in no database, while at least one did not answer.
        var notFound: Set<NamespaceID> = []
        var round = 0
    }

    /// Databases without an open connection are polled every tenth round only; notifications cover them in between.
    /// Unknown namespaces are searched for just as rarely.
    private static let restingRounds = 10
    private static let capacity = 100_000
    private static let patience = Duration.seconds(2)

    private let router: PostgresRouter
    private let state = Mutex(State())

    init(_ router: PostgresRouter) {
        self.router = router
    }

    /// `removedRevision` for a namespace that stands nowhere; nothing of one whose database was not asked.
    func revisions(of namespaces: Set<NamespaceID>) async throws(Failure) -> [NamespaceID: Int64] {
        let (locations, asksAll) = state.withLock { state in
            state.round += 1
            return (state.locations.filter { namespaces.contains($0.key) }, state.round % Self.restingRounds == 0)
        }
        let groups = Dictionary(grouping: namespaces.filter { locations[$0] != nil }, by: { locations[$0]! })
        var found = await ask(groups.filter { asksAll || router.isOpen($0.key) })
        let unlocated = namespaces.filter { locations[$0] == nil }
        let wanted = asksAll ? unlocated : state.withLock { unlocated.subtracting($0.notFound) }
        if !wanted.isEmpty { found.merge(try await search(wanted)) { $1 } }
        state.withLock { $0.notFound = unlocated.filter { found[$0] == nil } }
        forget(found.filter { $0.value == Namespace.removedRevision }.map(\.key))
        return found
    }

    /// Asks databases at the same time, and does not wait for one that is late: all tenants wait for this answer.
    private func ask(_ groups: [TenantID: [NamespaceID]]) async -> [NamespaceID: Int64] {
        await withTaskGroup(of: [NamespaceID: Int64]?.self) { group in
            for (tenant, namespaces) in groups {
                group.addTask {
                    guard let revisions = try? await self.ask(tenant, namespaces) else { return [:] }
                    let all = namespaces.map { ($0, revisions[$0] ?? Namespace.removedRevision) }
                    return Dictionary(all) { $1 }
                }
            }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return nil
            }
            var found: [NamespaceID: Int64] = [:]
            var missing = groups.count
            while missing > 0, let answer = await group.next(), let answer {
                found.merge(answer) { $1 }
                missing -= 1
            }
            group.cancelAll()
            return found
        }
    }

    /// Who reads or watches a namespace has its database open, mostly: those are asked first.
    private func search(_ namespaces: Set<NamespaceID>) async throws(Failure) -> [NamespaceID: Int64] {
        let tenants = try await router.tenants()
        let open = tenants.filter { router.isOpen($0) }
        var found: [NamespaceID: Int64] = [:]
        var wasEveryoneAsked = true
        let deadline = ContinuousClock.now + Self.patience
        for tenant in open + tenants.filter({ !open.contains($0) }) {
            let missing = namespaces.filter { found[$0] == nil }
            guard !missing.isEmpty else { break }
            guard ContinuousClock.now < deadline else {
                wasEveryoneAsked = false
                break
            }
            guard let revisions = try await ask(tenant, Array(missing)) else {
                wasEveryoneAsked = false
                continue
            }
            found.merge(revisions) { $1 }
            state.withLock { state in
                if state.locations.count > Self.capacity { state.locations = [:] }
                for namespace in revisions.keys { state.locations[namespace] = tenant }
            }
        }
        if wasEveryoneAsked {
            for namespace in namespaces where found[namespace] == nil { found[namespace] = Namespace.removedRevision }
        }
        return found
    }

    /// Nil where the database does not answer.
    private func ask(
        _ tenant: TenantID, _ namespaces: [NamespaceID]
    ) async throws(Failure) -> [NamespaceID: Int64]? {
        do throws(Failure) {
            // No job holds the pipeline.
            if router.isOpen(tenant) {
                return try await PostgresRevisionFeed.revisions(of: namespaces, on: router.reads(in: tenant))
            }
            return try await router.visit(tenant) { lease throws(Failure) in
                try await PostgresRevisionFeed.revisions(of: namespaces, on: lease)
            }
        } catch {
            if error.code == .cancelled { throw error }
            return nil
        }
    }

    private func forget(_ namespaces: [NamespaceID]) {
        state.withLock { state in
            for namespace in namespaces { state.locations[namespace] = nil }
        }
    }
}
