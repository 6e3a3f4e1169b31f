internal import TenonDomain
internal import TenonKit

/// The providers that logins went to, each asked by one at a time.
actor ProviderTable {
    private typealias Outcome = Result<ProviderSnapshot, OpenIDFault>

    /// Tenants make issuers up, so there is an end to them.
    private static let capacity = 1_000
    /// Of their metadata and keys, in bytes, about.
    private static let maxBytes = 8 << 20

    private let transport: ProviderTransport
    private let clock: any WallClock
    private var states: [IssuerURL: ProviderState] = [:]
    private var flights: [IssuerURL: Task<Outcome, Never>] = [:]

    init(transport: ProviderTransport, clock: any WallClock) {
        self.transport = transport
        self.clock = clock
    }

    /// `tenant` is who asks, where somebody has to.
    func snapshot(of issuer: IssuerURL, for tenant: TenantID) async throws(OpenIDFault) -> ProviderSnapshot {
        makeRoom(for: issuer)
        let step = states[issuer, default: ProviderState()].need(at: clock.steady())
        return try await take(step, issuer, tenant)
    }

    /// Asked anew, where that is due, because a token is under an unknown key.
    func newerSnapshot(of issuer: IssuerURL, for tenant: TenantID) async throws(OpenIDFault) -> ProviderSnapshot {
        let step = states[issuer, default: ProviderState()].needUnknownKey(at: clock.steady())
        return try await take(step, issuer, tenant)
    }

    private func take(
        _ step: ProviderState.Step, _ issuer: IssuerURL, _ tenant: TenantID
    ) async throws(OpenIDFault) -> ProviderSnapshot {
        switch step {
        case .use(let snapshot): return snapshot
        case .refuse: throw .unreachable("it did not answer a moment ago")
        case .fetch: flights[issuer] = Task { await self.fetch(issuer, for: tenant) }
        case .join: break
        }
        guard let outcome = await flights[issuer]?.value else { throw .unreachable("it is not asked any more") }
        // What was known stands in for an answer that did not come.
        if case .failure = outcome, let known = states[issuer]?.snapshot { return known }
        // It was another tenant that may ask no more for now.
        if step == .join, outcome == .failure(.busy) { return try await snapshot(of: issuer, for: tenant) }
        return try outcome.get()
    }

    private func fetch(_ issuer: IssuerURL, for tenant: TenantID) async -> Outcome {
        defer { flights[issuer] = nil }
        do throws(OpenIDFault) {
            let (snapshot, life) = try await Self.ask(issuer, for: tenant, over: transport)
            let bytes = states.values.reduce(snapshot.bytes) { $0 + ($1.snapshot?.bytes ?? 0) }
            if bytes > Self.maxBytes { forgetOthers() }
            states[issuer, default: ProviderState()].fetched(snapshot, life: life, at: clock.steady())
            return .success(snapshot)
        } catch {
            if error == .busy { states[issuer]?.wasNotAsked() } else { states[issuer]?.failed(at: clock.steady()) }
            return .failure(error)
        }
    }

    private static func ask(
        _ issuer: IssuerURL, for tenant: TenantID, over transport: ProviderTransport
    ) async throws(OpenIDFault) -> (ProviderSnapshot, Duration?) {
        guard let location = ProviderMetadata.location(of: issuer) else {
            throw .addressRefused("the issuer is no address")
        }
        let document = try await transport.get(location, for: tenant)
        let metadata = try ProviderMetadata(document.body, of: issuer)
        let keys = try await transport.get(metadata.keySet, for: tenant)
        return (
            ProviderSnapshot(
                metadata: metadata, keys: try KeySet(keys.body, algorithms: metadata.algorithms)),
            keys.life
        )
    }

    private func makeRoom(for issuer: IssuerURL) {
        if states[issuer] == nil, states.count >= Self.capacity { forgetOthers() }
    }

    /// Those that are being asked go on without what was known of them.
    private func forgetOthers() {
        states = states.filter { $0.value.isFetching }.mapValues { _ in ProviderState(isFetching: true) }
    }
}
