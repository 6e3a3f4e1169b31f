internal import Glibc
internal import NIOPosix
internal import TenonDomain
internal import TenonKit

/// Looks the names of hosts up. The system's resolver holds its thread for as long as a name server makes it wait, which
/// is longer than anybody waits here, and tenants choose the names: so lookups have threads of their own, a name is
/// looked up once at a time, and no tenant takes all threads.
actor HostLookups {
    /// How many run at one time.
    static let maxRunning = 32
    /// How many of them one tenant began.
    static let maxPerTenant = 4

    /// Its threads begin with the first lookup of the process.
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

    /// `resolve` blocks, and answers nothing where a name has no address.
    init(_ resolve: @escaping @Sendable (String) -> [IPAddress] = HostLookups.ask) {
        self.resolve = resolve
    }

    /// None where the name has none. Fails with `busy` where too many lookups run, of this tenant or of all. One that
    /// was begun goes on when its caller is gone.
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

    /// Of the system's resolver.
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
