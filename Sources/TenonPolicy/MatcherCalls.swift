internal import TenonKit

extension MatcherRun {
    mutating func call(
        _ function: MatcherFunction, _ arguments: [MatcherExpression]
    ) throws(MatcherFault) -> MatcherValue {
        guard let key = try text(arguments[0]), let pattern = try text(arguments[1]) else {
            throw .notText(function.rawValue)
        }
        try count(key.utf8.count + pattern.utf8.count)
        switch function {
        case .keyMatch: return .bool(Self.keyMatch(key, pattern))
        case .keyMatch2, .keyMatch3, .regexMatch, .globMatch: return .bool(try matches(function, key, pattern))
        case .keyMatch5: return .bool(try matches(function, String(key.unicodeScalars.prefix { $0 != "?" }), pattern))
        case .keyMatch4:
            let found = try match(key, pattern, inBraces: true, isGreedy: true)
            return .bool(found.map(Self.areConsistent) ?? false)
        case .keyGet: return .text(Self.keyGet(key, pattern))
        case .keyGet2, .keyGet3:
            guard let name = try text(arguments[2]) else { throw .notText(function.rawValue) }
            let inBraces = function == .keyGet3
            let found = try match(key, pattern, inBraces: inBraces, isGreedy: !inBraces) ?? []
            return .text(found.first { sameBytes($0.name, name) }?.value ?? "")
        case .ipMatch: return .bool(try Self.ipMatch(key, pattern))
        }
    }

    private mutating func matches(
        _ function: MatcherFunction, _ text: String, _ pattern: String
    ) throws(MatcherFault) -> Bool {
        guard let kind = function.pattern else { return false }
        return try matches(text, pattern, kind)
    }

    private mutating func match(
        _ text: String, _ pattern: String, inBraces: Bool, isGreedy: Bool
    ) throws(MatcherFault) -> [(name: String, value: String)]? {
        guard let template = KeyTemplate(pattern, inBraces: inBraces) else { throw .tooMuchWork }
        try count(template.work(on: text))
        return try template.match(text, isGreedy: isGreedy)
    }

    /// Parameters with the same name must have the same value.
    private static func areConsistent(_ found: [(name: String, value: String)]) -> Bool {
        var values: [String: String] = [:]
        for (name, value) in found {
            if let earlier = values[name], !sameBytes(earlier, value) { return false }
            values[name] = value
        }
        return true
    }

    /// The text before the first `*` must be equal; text after the `*` is ignored.
    private static func keyMatch(_ key: String, _ pattern: String) -> Bool {
        guard let star = pattern.utf8.firstIndex(of: UInt8(ascii: "*")) else { return sameBytes(key, pattern) }
        return key.utf8.starts(with: pattern.utf8[..<star])
    }

    /// The text that the `*` matches.
    private static func keyGet(_ key: String, _ pattern: String) -> String {
        guard let star = pattern.utf8.firstIndex(of: UInt8(ascii: "*")) else { return "" }
        let prefix = pattern.utf8[..<star]
        return key.utf8.starts(with: prefix) ? String(decoding: key.utf8.dropFirst(prefix.count), as: UTF8.self) : ""
    }

    /// Bits after the prefix of a network are ignored.
    private static func ipMatch(_ text: String, _ pattern: String) throws(MatcherFault) -> Bool {
        let parts = pattern.utf8.split(separator: UInt8(ascii: "/"), maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = IPAddress(text), let base = IPAddress(String(Substring(parts[0]))) else {
            throw .notAddress
        }
        let width = base.isIPv4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            guard (1...3).contains(parts[1].count), parts[1].allSatisfy(\.isDigit),
                let given = Int(String(Substring(parts[1]))), given <= width
            else { throw .notAddress }
            length = given
        }
        guard address.isIPv4 == base.isIPv4 else { return false }
        return length == 0 || (address.bits ^ base.bits) >> UInt128(width - length) == 0
    }
}
