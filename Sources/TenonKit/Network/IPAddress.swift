/// An IPv4 or IPv6 address (RFC 791, RFC 4291). An IPv4-mapped IPv6 address becomes the IPv4 address.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    public let isIPv4: Bool
    /// As a number; an IPv4 address has 32 bits.
    package let bits: UInt128

    /// Dotted decimal without leading zeros, or any text form of IPv6 without a zone; else nil.
    public init?(_ text: some StringProtocol) {
        if let bits = Self.ipv4(text) {
            self.init(ipv4: bits)
        } else if let bits = Self.ipv6(text) {
            self.init(ipv6: bits)
        } else {
            return nil
        }
    }

    init(ipv4 bits: UInt32) {
        isIPv4 = true
        self.bits = UInt128(bits)
    }

    /// Its first bits, followed by zeros.
    fileprivate func masked(_ mask: UInt128) -> IPAddress {
        isIPv4 ? IPAddress(ipv4: UInt32(bits & mask)) : IPAddress(ipv6: bits & mask)
    }

    private init(ipv6 bits: UInt128) {
        isIPv4 = bits >> 32 == 0xFFFF
        self.bits = isIPv4 ? bits & 0xFFFF_FFFF : bits
    }

    /// The address that identifies a subscriber: an IPv6 address without its last 64 bits, which a subscriber can
    /// choose.
    public var subscriber: IPAddress {
        isIPv4 ? self : IPAddress(ipv6: (bits >> 64) << 64)
    }

    /// IPv6 in the format of RFC 5952.
    public var description: String {
        if isIPv4 {
            let bits = UInt32(truncatingIfNeeded: bits)
            return "\(bits >> 24).\(bits >> 16 & 0xFF).\(bits >> 8 & 0xFF).\(bits & 0xFF)"
        }
        let groups = (0..<8).map { UInt16(truncatingIfNeeded: bits >> UInt128(112 - 16 * $0)) }
        guard let gap = Self.longestZeroRun(groups) else { return Self.join(groups[...]) }
        return Self.join(groups[..<gap.lowerBound]) + "::" + Self.join(groups[gap.upperBound...])
    }

    private static func join(_ groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    private static func longestZeroRun(_ groups: [UInt16]) -> Range<Int>? {
        var longest: Range<Int>?
        var start = 0
        while start < groups.count {
            var end = start
            while end < groups.count, groups[end] == 0 { end += 1 }
            if end - start >= 2, end - start > longest?.count ?? 0 { longest = start..<end }
            start = max(end, start + 1)
        }
        return longest
    }

    private static func ipv4(_ text: some StringProtocol) -> UInt32? {
        let parts = text.utf8.split(separator: UInt8(ascii: "."), maxSplits: 4, omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.allSatisfy({ (0x30...0x39).contains($0) }),
                part.count == 1 || part.first != 0x30
            else { return nil }
            let value = part.reduce(UInt32(0)) { $0 * 10 + UInt32($1 - 0x30) }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    private static func ipv6(_ text: some StringProtocol) -> UInt128? {
        guard (2...45).contains(text.utf8.count) else { return nil }
        var text = String(text)
        var tail: [UInt16] = []
        if let colon = text.lastIndex(of: ":"), let bits = ipv4(text[text.index(after: colon)...]) {
            tail = [UInt16(bits >> 16), UInt16(bits & 0xFFFF)]
            // A colon remains if the gap ends right before the IPv4 part.
            text = String(text[...colon])
            if !text.hasSuffix("::") { text.removeLast() }
        }
        let wanted = 8 - tail.count
        guard let gap = text.firstRange(of: "::") else {
            guard let groups = groups(text[...]), groups.count == wanted else { return nil }
            return number(groups + tail)
        }
        guard let head = groups(text[..<gap.lowerBound]), let rest = groups(text[gap.upperBound...]),
            head.count + rest.count < wanted
        else { return nil }
        let zeros = [UInt16](repeating: 0, count: wanted - head.count - rest.count)
        return number(head + zeros + rest + tail)
    }

    private static func groups(_ text: Substring) -> [UInt16]? {
        if text.isEmpty { return [] }
        var groups: [UInt16] = []
        for part in text.split(separator: ":", omittingEmptySubsequences: false) {
            guard (1...4).contains(part.utf8.count), part.utf8.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let group = UInt16(part, radix: 16)
            else { return nil }
            groups.append(group)
        }
        return groups
    }

    private static func number(_ groups: [UInt16]) -> UInt128 {
        groups.reduce(0) { $0 << 16 | UInt128($1) }
    }
}

/// A block of addresses in CIDR notation (RFC 4632), such as `10.0.0.0/8`, or one address.
public struct IPNetwork: Sendable, Hashable, CustomStringConvertible {
    private let base: IPAddress
    private let prefix: Int

    /// Nil for an invalid address, a prefix that is too long, or bits after the prefix.
    public init?(_ text: some StringProtocol) {
        guard let network = IPNetwork(around: text), IPAddress(text.prefix { $0 != "/" }) == network.base else {
            return nil
        }
        self = network
    }

    /// The same, ignoring bits after the prefix: the network of an address.
    public init?(around text: some StringProtocol) {
        let halves = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = halves.first, let base = IPAddress(first) else { return nil }
        let width = base.isIPv4 ? 32 : 128
        var prefix = width
        if halves.count == 2 {
            guard (1...3).contains(halves[1].utf8.count), halves[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let given = Int(halves[1]), given <= width
            else { return nil }
            prefix = given
        }
        self.prefix = prefix
        self.base = base.masked(Self.mask(prefix, isIPv4: base.isIPv4))
    }

    public func contains(_ address: IPAddress) -> Bool {
        address.isIPv4 == base.isIPv4 && address.bits & mask == base.bits
    }

    public var description: String { "\(base)/\(prefix)" }

    private var mask: UInt128 { Self.mask(prefix, isIPv4: base.isIPv4) }

    private static func mask(_ prefix: Int, isIPv4: Bool) -> UInt128 {
        let width = isIPv4 ? 32 : 128
        let all: UInt128 = isIPv4 ? 0xFFFF_FFFF : .max
        return prefix == 0 ? 0 : (all << UInt128(width - prefix)) & all
    }
}
