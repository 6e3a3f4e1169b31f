internal import TenonDomain
internal import TenonKit

/// The `Host` field or an HTTP/2 `:authority` (RFC 9110 §7.2): a name or address and a port.
package struct HostField: Equatable {
    /// Lower case, without the port and without a trailing dot; an IPv6 address without brackets.
    let name: String
    let port: UInt16?
    /// For the service's own URLs.
    package var authority: String { authority(port: port.map { Int($0) }) }

    /// Nil if invalid.
    package init?(_ text: String) {
        guard (1...261).contains(text.utf8.count) else { return nil }
        let name: Substring
        let rest: Substring
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { return nil }
            name = text[text.index(after: text.startIndex)..<end]
            rest = text[text.index(after: end)...]
            guard let address = IPAddress(name), name.contains(":") else { return nil }
            self.name = address.description
        } else {
            name = text.prefix { $0 != ":" }
            rest = text[name.endIndex...]
            guard let normal = Self.normal(name) else { return nil }
            self.name = normal
        }
        if rest.isEmpty {
            port = nil
        } else {
            let digits = rest.dropFirst()
            guard rest.first == ":", (1...5).contains(digits.utf8.count),
                digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = UInt16(digits)
            else { return nil }
            port = number
        }
    }

    /// The same host with another port; nil for the scheme's default.
    func authority(port: Int?) -> String {
        (name.contains(":") ? "[\(name)]" : name) + (port.map { ":\($0)" } ?? "")
    }

    private static func normal(_ name: Substring) -> String? {
        let name = name.utf8.contains { (0x41...0x5A).contains($0) } ? name.lowercased()[...] : name
        let bare = name.hasSuffix(".") ? name.dropLast() : name
        let labels = bare.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard labels.allSatisfy(isLabel) else { return nil }
        return String(bare)
    }

    /// Letters, digits, hyphens, and the underscore that container networks use.
    private static func isLabel(_ label: Substring.UTF8View) -> Bool {
        (1...63).contains(label.count) && label.first != 0x2D && label.last != 0x2D
            && label.allSatisfy { byte in
                switch byte {
                case 0x61...0x7A, 0x30...0x39, 0x2D, 0x5F: true
                default: false
                }
            }
    }
}
