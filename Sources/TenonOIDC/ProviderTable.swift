internal import TenonDomain

/// The providers of logins. Each is asked by one caller at a time.
actor ProviderTable {
    private typealias Outcome = Result<ProviderSnapshot, OpenIDFault>

    /// Limited, because tenants choose the issuers.
    private static let capacity = 1_000
    /// Approximate bytes of their metadata and keys.
    private static let maxBytes = 8 << 20

    private let transport: ProviderTransport
    private let clock: any WallClock
    private var states: [IssuerURL: ProviderState] = [:]
    private var flights: [IssuerURL: Task<Outcome, Never>] = [:]

    init(transport: ProviderTransport, clock: any WallClock) {
        self.transport = transport
        self.clock = clock
    }

    /// `tenant` is the caller that may have to ask.
    func snapshot(of issuer: IssuerURL, for tenant: TenantID) async throws(OpenIDFault) -> ProviderSnapshot {
        makeRoom(for: issuer)
        let step = states[issuer, default: ProviderState()].need(at: clock.steady())
        return try await take(step, issuer, tenant)
    }

    /// Asked again, if due, because of a token with an unknown key.
    func newerSnapshot(of issuer: IssuerURL, for tenant: TenantID) async throws(OpenIDFault) -> ProviderSnapshot {
        let step = states[issuer, default: ProviderState()].needUnknownKey(at: clock.steady())
        return try await take(step, issuer, tenant)
    }

    private func take(
        _ step: ProviderState.Step, _ issuer: IssuerURL, _ tenant: TenantID
    ) async throws(OpenIDFault) -> ProviderSnapshot {
        switch step {
        case .use(let snapshot): return snapshot
        case .refuse: throw .unreachable("it did not respond a moment ago")
        case .fetch: flights[issuer] = Task { await self.fetch(issuer, for: tenant) }
        case .join: break
        }
        guard let outcome = await flights[issuer]?.value else { throw .unreachable("it is no longer asked") }
        // The known state replaces a failed response.
        if case .failure = outcome, let known = states[issuer]?.snapshot { return known }
        // It was another tenant that has reached its limit.
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
            throw .addressRefused("the issuer must be a URL")
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

    /// Requests in progress continue without the previously known state.
    private func forgetOthers() {
        states = states.filter { $0.value.isFetching }.mapValues { _ in ProviderState(isFetching: true) }
    }
}
