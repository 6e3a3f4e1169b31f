internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

@testable internal import TenonHTTPServer

enum EdgeTargets {
    private static let known = [
        QueryParameter("limit", "", schema: [:]), QueryParameter("reveal", "", schema: [:]),
    ]

    /// What is taken names known parameters once each and is free of NUL.
    static func query(_ text: String) {
        guard let query = try? QueryReader(text[...], known: known) else { return }
        for name in ["limit", "reveal"] {
            guard let value = query.text(name) else { continue }
            precondition(!value.utf8.contains(0), "a NUL came through")
        }
    }

    /// A decoded text, encoded whole, decodes to itself.
    static func percent(_ text: String) {
        guard let decoded = PercentEncoding.decode(text[...]) else { return }
        let encoded = decoded.utf8.map { "%" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        guard let again = PercentEncoding.decode(encoded[...]) else {
            preconditionFailure("what was decoded cannot be encoded")
        }
        precondition(isSame(again, decoded), "a text decodes to another one")
    }

    /// Path and query are parts of the target, and the path is one that the router takes or nothing.
    static func target(_ text: String) {
        guard let target = RequestTarget(text) else { return }
        precondition(target.path.hasPrefix("/") || target.path == "*", "a path begins elsewhere")
        precondition(!target.path.contains("?") && !target.path.contains("#"), "a path holds more than a path")
        precondition(text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a target holds what no target does")
        if target.authority == nil, text != "*" {
            precondition(isSame(text.prefix(target.path.count), target.path), "the path is another one")
        }
    }

    /// A host's own authority is the same host.
    static func host(_ text: String) {
        guard let host = HostField(text) else { return }
        precondition(HostField(host.authority) == host, "a host has two names")
        precondition(host.name == host.name.lowercased(), "a name has two cases")
        precondition(
            !host.authority.contains("@") && !host.authority.contains("/"), "an authority holds more than a host")
        _ = AllowedHost(text)?.matches(host.name)
    }

    /// Whatever it says, an untrusted peer is its own client, and one trusted proxy leads one step.
    static func forwarded(_ first: String, _ second: String) {
        let peer = IPAddress("10.0.0.1")
        let headers: HTTPHeaders = [
            "Forwarded": first, "X-Forwarded-For": second, "X-Forwarded-Proto": second, "X-Forwarded-Host": first,
        ]
        let connection = ConnectionFacts(peer: peer, isSecure: false, isHTTP2: false)
        let untrusted = Forwarding.resolve(headers, over: connection) { _ in false }
        precondition(
            untrusted == ClientFacts(address: peer, isSecure: false, host: nil), "an untrusted peer is believed")
        let trusted = Forwarding.resolve(headers, over: connection) { $0 == peer }
        let nearest = Forwarding.hops(headers).last
        precondition(
            trusted.address == (nearest == nil ? peer : nearest?.address), "one trusted proxy leads further than a step"
        )
    }

    /// A tag that stands in a list is found there, whatever else does; and what matches strongly matches weakly.
    static func tags(_ text: String) {
        let tag = EntityTag(kept: "\"1\"")
        if tag.isListed(inMatch: [text]) { precondition(tag.isListed(inNoneMatch: [text]), "strong but not weak") }
        precondition(tag.isListed(inMatch: ["\"1\", " + text]), "what follows hides a tag")
        for item in EntityTag.items(text) {
            precondition(!item.isEmpty && isSame(item[...].trimmed, item), "an item is not trimmed")
        }
    }

    /// A key that is taken is printable, and bare and quoted are the same key.
    static func idempotency(_ text: String) {
        guard let key = IdempotencyKey.parse(text) else { return }
        precondition((1...255).contains(key.utf8.count) && key.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
        precondition(IdempotencyKey.parse(key) == key, "a key has two spellings")
        precondition(IdempotencyKey.parse("\"\(key)\"") == key, "the quoted key is another one")
        _ = EncodedAnswer(kept: Array(text.utf8))
    }

    /// What is no traceparent begins a trace; what is one goes on with it.
    static func trace(_ text: String) {
        let trace = TraceContext(continuing: text, as: Identifier<RequestTrace>(high: 1, low: 2))
        precondition(trace.traceID.utf8.count == 32 && trace.spanID.utf8.count == 16)
        precondition(trace.traceID.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) })
        precondition(trace.traceID.contains { $0 != "0" }, "a trace of zeros")
        if trace.parentSpanID != nil { precondition(text.contains(trace.traceID), "another trace is gone on with") }
    }

    /// An address that is taken prints to a text that is the same address.
    static func address(_ first: String, _ second: String) {
        guard let address = IPAddress(first) else {
            precondition(IPNetwork(first) == nil || first.contains("/"), "a network without an address")
            return
        }
        precondition(IPAddress(address.description) == address, "an address has two texts")
        precondition(IPNetwork(first)?.contains(address) == true, "an address is not in its own network")
        if let network = IPNetwork(second) {
            precondition(IPNetwork(network.description) == network, "a network has two texts")
            _ = network.contains(address)
        }
    }
}
