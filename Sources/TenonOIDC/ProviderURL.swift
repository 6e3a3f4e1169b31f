internal import TenonDomain
internal import TenonKit

/// A provider's URL, parsed so strictly that no other parser can read another host from it.
struct ProviderURL: Sendable, Equatable {
    private static let maxLength = 2048

    let isPlain: Bool
    /// A name in lower case, or an address; IPv6 without brackets.
    let host: String
    let port: Int
    /// Path and query; begins with `/`.
    let target: String

    /// Nil for everything except `https://HOST[:PORT]/…` and `http://…`: user information, fragments, invalid
    /// characters and hosts that are neither an ASCII name nor an address.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        let isPlain = bytes.starts(with: "http://".utf8)
        guard isPlain || bytes.starts(with: "https://".utf8), bytes.count <= Self.maxLength,
            bytes.allSatisfy(Self.isAllowed)
        else { return nil }
        let rest = bytes.dropFirst(isPlain ? 7 : 8)
        let authority = rest.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let (host, port) = Self.split(authority) else { return nil }
        self.isPlain = isPlain
        self.host = host
        self.port = port ?? (isPlain ? 80 : 443)
        let tail = String(decoding: rest.dropFirst(authority.count), as: UTF8.self)
        target = tail.utf8.first == UInt8(ascii: "/") ? tail : "/" + tail
    }

    /// As requested: assembled from the checked parts.
    var text: String {
        let isLiteral = host.utf8.contains(UInt8(ascii: ":"))
        return "\(isPlain ? "http" : "https")://\(isLiteral ? "[\(host)]" : host):\(port)\(target)"
    }

    /// Set if the host is an address.
    var address: IPAddress? { IPAddress(host) }

    /// Whether the name or the address belongs to this machine (RFC 6761 §6.3).
    var isLoopback: Bool {
        host == "localhost" || host.hasSuffix(".localhost") || address.map(AddressRange.loopback.contains) ?? false
    }

    /// Printable ASCII except for characters that begin a fragment, end user information, or count as a slash in some
    /// parsers.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        (0x21...0x7E).contains(byte) && ![UInt8(ascii: "#"), UInt8(ascii: "@"), UInt8(ascii: "\\")].contains(byte)
    }

    private static func split(_ authority: ArraySlice<UInt8>) -> (host: String, port: Int?)? {
        let text = String(decoding: authority, as: UTF8.self).lowercased()
        let host: Substring
        let tail: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            host = text[text.index(after: text.startIndex)..<end]
            tail = text[text.index(after: end)...]
            guard let address = IPAddress(host), !address.isIPv4 else { return nil }
        } else {
            host = text.prefix { $0 != ":" }
            tail = text[host.endIndex...]
            let labels = host.split(separator: ".", omittingEmptySubsequences: false)
            let isName = labels.allSatisfy { label in
                (1...63).contains(label.utf8.count)
                    && label.utf8.allSatisfy { byte in
                        (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) || byte == 0x2D || byte == 0x5F
                    }
            }
            // Resolvers treat a last label of digits as an address, in notations that IPAddress does not accept.
            let isNumeric = labels.last?.utf8.first.map { (0x30...0x39).contains($0) } ?? false
            guard isName, host.utf8.count <= 253, !isNumeric || IPAddress(host) != nil else { return nil }
        }
        guard !tail.isEmpty else { return (String(host), nil) }
        guard tail.hasPrefix(":"), (1...5).contains(tail.utf8.count - 1), let port = Int(tail.dropFirst()),
            (1...65_535).contains(port), tail.dropFirst().utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return (String(host), port)
    }
}
