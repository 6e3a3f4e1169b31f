internal import TenonDomain

/// The providers that logins went to, each asked by one at a time.
actor ProviderTable {
    private typealias Outcome = Result<ProviderSnapshot, OpenIDFault>

    /// Tenants make issuers up, so there is an end to them.
    private static let capacity = 1_000

    private let transport: ProviderTransport
    private let clock: any WallClock
    private var states: [IssuerURL: ProviderState] = [:]
    private var flights: [IssuerURL: Task<Outcome, Never>] = [:]

    init(transport: ProviderTransport, clock: any WallClock) {
        self.transport = transport
        self.clock = clock
    }

    func snapshot(of issuer: IssuerURL) async throws(OpenIDFault) -> ProviderSnapshot {
        makeRoom(for: issuer)
        let step = states[issuer, default: ProviderState()].need(at: clock.now())
        return try await take(step, for: issuer)
    }

    /// Asked anew, where that is due, because a token is under an unknown key.
    func newerSnapshot(of issuer: IssuerURL) async throws(OpenIDFault) -> ProviderSnapshot {
        let step = states[issuer, default: ProviderState()].needUnknownKey(at: clock.now())
        return try await take(step, for: issuer)
    }

    private func take(_ step: ProviderState.Step, for issuer: IssuerURL) async throws(OpenIDFault) -> ProviderSnapshot {
        switch step {
        case .use(let snapshot): return snapshot
        case .refuse: throw .unreachable("it did not answer a moment ago")
        case .fetch: flights[issuer] = Task { await self.fetch(issuer) }
        case .join: break
        }
        guard let outcome = await flights[issuer]?.value else { throw .unreachable("it is not asked any more") }
        // What was known stands in for an answer that did not come.
        if case .failure = outcome, let known = states[issuer]?.snapshot { return known }
        return try outcome.get()
    }

    private func fetch(_ issuer: IssuerURL) async -> Outcome {
        defer { flights[issuer] = nil }
        do throws(OpenIDFault) {
            let (snapshot, life) = try await Self.ask(issuer, over: transport)
            states[issuer, default: ProviderState()].fetched(snapshot, life: life, at: clock.now())
            return .success(snapshot)
        } catch {
            states[issuer]?.failed(at: clock.now())
            return .failure(error)
        }
    }

    private static func ask(
        _ issuer: IssuerURL, over transport: ProviderTransport
    ) async throws(OpenIDFault) -> (ProviderSnapshot, Duration?) {
        guard let location = ProviderMetadata.location(of: issuer) else {
            throw .addressRefused("the issuer is no address")
        }
        let document = try await transport.get(location)
        let metadata = try ProviderMetadata(document.body, of: issuer)
        let keys = try await transport.get(metadata.keySet)
        return (
            ProviderSnapshot(
                metadata: metadata, keys: try KeySet(keys.body, algorithms: metadata.algorithms)),
            keys.life
        )
    }

    private func makeRoom(for issuer: IssuerURL) {
        guard states[issuer] == nil, states.count >= Self.capacity else { return }
        states = states.filter { $0.value.isFetching }
    }
}
