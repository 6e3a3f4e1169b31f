internal import NIOHTTP1
internal import TenonDomain
package import TenonKit

/// The client's address, scheme and host, behind trusted proxies.
package struct ClientFacts: Equatable {
    package var address: IPAddress?
    package var isSecure: Bool
    /// As the client sent it.
    package var host: String?
}

/// The `Forwarded` field (RFC 7239) and the older `X-Forwarded-For`, `-Proto` and `-Host`.
enum Forwarding {
    /// The maximum length of a chain of proxies, so that a long field costs nothing.
    private static let maxHops = 16

    /// Walks from the socket outwards as long as the hop is trusted. Ignores fields from an untrusted peer, and all
    /// fields if a part does not parse.
    static func resolve(
        _ headers: HTTPHeaders, over connection: ConnectionFacts, isTrusted: (IPAddress) -> Bool
    ) -> ClientFacts {
        var facts = ClientFacts(
            address: connection.peer, isSecure: connection.isSecure, host: headers.first(name: "host"))
        guard let peer = connection.peer, isTrusted(peer) else { return facts }
        for hop in hops(headers).suffix(maxHops).reversed() {
            // A hop's information about its own client is trusted because the hop is.
            facts.address = hop.address
            if let isSecure = hop.isSecure { facts.isSecure = isSecure }
            if let host = hop.host { facts.host = host }
            guard let address = hop.address, isTrusted(address) else { break }
        }
        return facts
    }

    struct Hop: Equatable {
        /// Nil if it is unknown or hidden.
        var address: IPAddress?
        var isSecure: Bool?
        var host: String?
    }

    /// Whether a request has both kinds of fields. A proxy writes one of them and passes the other on from its client,
    /// and they cannot be told apart.
    static func isAmbiguous(_ headers: HTTPHeaders) -> Bool {
        headers.contains(name: "forwarded")
            && headers.contains { name, _ in name.lowercased().utf8.starts(with: "x-forwarded-".utf8) }
    }

    /// The proxies' entries, the one nearest to the client first; empty if they could be forged.
    static func hops(_ headers: HTTPHeaders) -> [Hop] {
        guard !isAmbiguous(headers) else { return [] }
        let forwarded = headers[canonicalForm: "forwarded"]
        if !forwarded.isEmpty {
            var hops: [Hop] = []
            for element in forwarded {
                guard let hop = self.hop(element) else { return [] }
                hops.append(hop)
            }
            return hops
        }
        let addresses = headers[canonicalForm: "x-forwarded-for"]
        let schemes = headers[canonicalForm: "x-forwarded-proto"]
        let hosts = headers[canonicalForm: "x-forwarded-host"]
        var hops = addresses.map { Hop(address: node($0), isSecure: nil, host: nil) }
        if hops.isEmpty, !schemes.isEmpty || !hosts.isEmpty { hops = [Hop()] }
        guard !hops.isEmpty else { return [] }
        // One scheme and host for the whole chain, or one for each proxy: aligned at the near end.
        for (offset, scheme) in schemes.reversed().enumerated() where offset < hops.count {
            hops[hops.count - 1 - offset].isSecure = Self.isSecure(scheme[...])
        }
        for (offset, host) in hosts.reversed().enumerated() where offset < hops.count {
            hops[hops.count - 1 - offset].host = String(host)
        }
        return hops
    }

    /// `for=192.0.2.43;proto=https;host="example.com"`; nil if invalid.
    static func hop(_ element: Substring) -> Hop? {
        var hop = Hop()
        for pair in element.split(separator: ";") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard halves.count == 2 else { return nil }
            let name = halves[0].trimmed.lowercased()
            guard let value = unquoted(halves[1].trimmed) else { return nil }
            switch name {
            case "for": hop.address = node(value[...])
            case "proto": hop.isSecure = isSecure(value[...])
            case "host": hop.host = value
            default: break
            }
        }
        return hop
    }

    private static func isSecure(_ scheme: Substring) -> Bool? {
        switch scheme.trimmed.lowercased() {
        case "https": true
        case "http": false
        default: nil
        }
    }

    /// An address, with brackets around IPv6 and an optional port.
    private static func node(_ text: Substring) -> IPAddress? {
        let text = text.trimmed
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            return IPAddress(text[text.index(after: text.startIndex)..<end])
        }
        if let address = IPAddress(text) { return address }
        guard let colon = text.lastIndex(of: ":") else { return nil }
        return IPAddress(text[..<colon]).flatMap { $0.isIPv4 ? $0 : nil }
    }

    private static func unquoted(_ text: Substring) -> String? {
        guard text.hasPrefix("\"") else { return text.contains("\"") ? nil : String(text) }
        guard text.count >= 2, text.hasSuffix("\"") else { return nil }
        let inner = text.dropFirst().dropLast()
        return inner.contains("\"") || inner.contains("\\") ? nil : String(inner)
    }
}

extension Substring {
    /// Without surrounding spaces and tabs.
    var trimmed: Substring {
        var rest = drop { $0 == " " || $0 == "\t" }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
