internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import TenonDomain
internal import TenonKit

/// Requests to providers: limited in time and bytes, to a checked address, without redirects.
struct ProviderTransport: Sendable {
    struct Answer: Sendable {
        let status: Int
        let body: [UInt8]
        /// `max-age` of `Cache-Control` (RFC 9111); zero if the response must not be cached.
        let life: Duration?
    }

    static let maxBytes = 256 << 10
    private static let maxAddresses = 4

    let policy: ProviderPolicy
    let lookups: HostLookups

    /// A required document.
    func get(_ url: ProviderURL, for tenant: TenantID) async throws(OpenIDFault) -> Answer {
        let answer = try await send(url, for: tenant, form: nil, authorization: nil)
        guard answer.status == 200 else { throw .status(answer.status) }
        return answer
    }

    func post(
        _ form: String, to url: ProviderURL, for tenant: TenantID, authorization: String?
    ) async throws(OpenIDFault) -> Answer {
        try await send(url, for: tenant, form: form, authorization: authorization)
    }

    private func send(
        _ url: ProviderURL, for tenant: TenantID, form: String?, authorization: String?
    ) async throws(OpenIDFault) -> Answer {
        let outcome = await Self.within(policy.patience) { () -> Result<Answer, OpenIDFault> in
            do throws(OpenIDFault) {
                let addresses = try await Self.addresses(of: url, for: tenant, lookups)
                try policy.check(addresses, of: url)
                return await exchange(url, form: form, authorization: authorization, at: addresses)
            } catch {
                return .failure(error)
            }
        }
        guard let outcome else { throw .tooSlow }
        return try outcome.get()
    }

    /// Tries the next address only if nothing was sent, because a code is valid once.
    private func exchange(
        _ url: ProviderURL, form: String?, authorization: String?, at addresses: [IPAddress]
    ) async -> Result<Answer, OpenIDFault> {
        for address in addresses.prefix(Self.maxAddresses) {
            let outcome = await exchange(url, form: form, authorization: authorization, at: address)
            guard case .failure(.unconnected) = outcome else { return outcome }
        }
        return .failure(.unconnected(url.host))
    }

    /// One client for one request: the address to connect to is part of its configuration.
    private func exchange(
        _ url: ProviderURL, form: String?, authorization: String?, at address: IPAddress
    ) async -> Result<Answer, OpenIDFault> {
        let patience = TimeAmount(policy.patience)
        var configuration = HTTPClient.Configuration(
            redirectConfiguration: .disallow,
            timeout: HTTPClient.Configuration.Timeout(connect: patience, read: patience, write: patience))
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.httpVersion = .http1Only
        if url.address == nil { configuration.dnsOverride = [url.host: address.description] }
        let client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
        var request = HTTPClientRequest(url: url.text)
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "tenon")
        if let authorization { request.headers.add(name: "Authorization", value: authorization) }
        if let form {
            request.method = .POST
            request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            request.body = .bytes(ByteBuffer(string: form))
        }
        let outcome = await Self.answer(to: request, of: client, within: patience)
        try? await client.shutdown()
        return outcome
    }

    private static func answer(
        to request: HTTPClientRequest, of client: HTTPClient, within patience: TimeAmount
    ) async -> Result<Answer, OpenIDFault> {
        do {
            let response = try await client.execute(request, deadline: .now() + patience)
            let body = try await response.body.collect(upTo: maxBytes)
            return .success(
                Answer(
                    status: Int(response.status.code), body: Array(body.readableBytesView),
                    life: life(response.headers[canonicalForm: "cache-control"].map { String($0) })))
        } catch is NIOTooManyBytesError {
            return .failure(.tooLong)
        } catch {
            return .failure(isUnconnected(error) ? .unconnected("\(error)") : .unreachable("\(error)"))
        }
    }

    /// Whether no connection was established.
    private static func isUnconnected(_ error: any Error) -> Bool {
        switch error {
        case let error as IOError:
            [ECONNREFUSED, ENETUNREACH, EHOSTUNREACH, EADDRNOTAVAIL, EAFNOSUPPORT].contains(error.errnoCode)
        case let error as HTTPClientError: error == .connectTimeout
        default: error is NIOConnectionError
        }
    }

    static func life(_ directives: [String]) -> Duration? {
        let directives = directives.map { $0.lowercased() }
        if directives.contains("no-store") || directives.contains("no-cache") { return .zero }
        guard let field = directives.first(where: { $0.hasPrefix("max-age=") }),
            let seconds = Int64(field.dropFirst("max-age=".count)), seconds >= 0
        else { return nil }
        return .seconds(min(seconds, 1 << 31))
    }

    // MARK: Names

    private static func addresses(
        of url: ProviderURL, for tenant: TenantID, _ lookups: HostLookups
    ) async throws(OpenIDFault) -> [IPAddress] {
        if let address = url.address { return [address] }
        let found = try await lookups.addresses(of: url.host, for: tenant)
        guard !found.isEmpty else { throw .unreachable("\(url.host) has no address") }
        return found
    }

    // MARK: Time

    /// The result of the work; nil if it takes too long, and then continues on its own, because a lookup cannot be
    /// cancelled.
    private static func within<Value: Sendable>(
        _ patience: Duration, _ work: @escaping @Sendable () async -> Value
    ) async -> Value? {
        let (outcomes, first) = AsyncStream.makeStream(of: Optional<Value>.self, bufferingPolicy: .bufferingOldest(1))
        let working = Task { first.yield(await work()) }
        let waiting = Task {
            try? await Task.sleep(for: patience)
            first.yield(nil)
        }
        defer {
            working.cancel()
            waiting.cancel()
        }
        var iterator = outcomes.makeAsyncIterator()
        return await iterator.next() ?? nil
    }
}
