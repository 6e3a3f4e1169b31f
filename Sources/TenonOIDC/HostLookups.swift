internal import Glibc
internal import NIOPosix
internal import TenonDomain
internal import TenonKit

/// Looks up host names. The system's resolver blocks its thread until a name server responds, longer than callers wait
/// here, and tenants choose the names. So lookups have separate threads, concurrent lookups of a name are shared, and
/// no tenant gets all threads.
actor HostLookups {
    /// The maximum number of concurrent lookups.
    static let maxRunning = 32
    /// The maximum number for one tenant.
    static let maxPerTenant = 4

    /// The threads start with the first lookup of the process.
    private static let threads = {
        let threads = NIOThreadPool(numberOfThreads: maxRunning)
        threads.start()
        return threads
    }()

    private struct Flight {
        let tenant: TenantID
        let lookup: Task<[IPAddress], Never>
    }

    private let resolve: @Sendable (String) -> [IPAddress]
    private var flights: [String: Flight] = [:]

    /// `resolve` blocks, and returns an empty list for a name without an address.
    init(_ resolve: @escaping @Sendable (String) -> [IPAddress] = HostLookups.ask) {
        self.resolve = resolve
    }

    /// Empty for a name without an address. Fails with `busy` if too many lookups are running, for this tenant or in
    /// total. A lookup continues if its caller is cancelled.
    func addresses(of host: String, for tenant: TenantID) async throws(OpenIDFault) -> [IPAddress] {
        if let flight = flights[host] { return await flight.lookup.value }
        guard flights.count < Self.maxRunning, flights.values.count(where: { $0.tenant == tenant }) < Self.maxPerTenant
        else {
            throw .busy
        }
        let lookup = Task { await self.lookUp(host) }
        flights[host] = Flight(tenant: tenant, lookup: lookup)
        return await lookup.value
    }

    private func lookUp(_ host: String) async -> [IPAddress] {
        defer { flights[host] = nil }
        return (try? await Self.threads.runIfActive { [resolve] in resolve(host) }) ?? []
    }

    /// Asks the system's resolver.
    private static func ask(_ host: String) -> [IPAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_ADDRCONFIG
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        return sequence(first: first, next: { $0?.pointee.ai_next }).compactMap { item in
            guard let item = item?.pointee else { return nil }
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            guard getnameinfo(item.ai_addr, item.ai_addrlen, &text, socklen_t(text.count), nil, 0, NI_NUMERICHOST) == 0
            else { return nil }
            let bytes = text.prefix { $0 != 0 && $0 != CChar(UInt8(ascii: "%")) }.map { UInt8(bitPattern: $0) }
            return IPAddress(String(decoding: bytes, as: UTF8.self))
        }
    }
}
