/// A key with parameters, for the functions that look at what the parameters stand for. All else in it is literal.
struct KeyTemplate {
    private enum Part {
        case literal(UInt8)
        case parameter(String)
        case wildcard
    }

    /// The most parts times bytes that a match may look at.
    private static let maxSteps = 1_000_000

    private var parts: [Part] = []

    /// Nil where it has more parts than can be matched.
    init?(_ text: String, inBraces: Bool) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 1024 else { return nil }
        var at = 0
        while at < bytes.count {
            if bytes[at...].starts(with: "/*".utf8) {
                parts += [.literal(bytes[at]), .wildcard]
                at += 2
            } else if let end = Self.parameterEnd(bytes, at, inBraces: inBraces) {
                let name = bytes[(at + 1)..<(inBraces ? end - 1 : end)]
                parts.append(.parameter(String(decoding: name, as: UTF8.self)))
                at = end
            } else {
                parts.append(.literal(bytes[at]))
                at += 1
            }
        }
    }

    /// Where the parameter that begins here ends: `:name` before the next `/`, `{name}` behind its brace; nil where
    /// none begins.
    static func parameterEnd(_ bytes: [UInt8], _ start: Int, inBraces: Bool) -> Int? {
        let slash = UInt8(ascii: "/")
        if inBraces {
            guard bytes[start] == .openBrace, start + 1 < bytes.count, bytes[start + 1] != slash else { return nil }
            let end = bytes[(start + 2)...].firstIndex { $0 == .closeBrace || $0 == slash }
            return end.flatMap { bytes[$0] == .closeBrace ? $0 + 1 : nil }
        }
        guard bytes[start] == .colon, start + 1 < bytes.count, bytes[start + 1] != slash else { return nil }
        return bytes[start...].firstIndex(of: slash) ?? bytes.count
    }

    /// What each parameter stands for, the earlier ones taking as much as they can, or as little; nil where the text
    /// does not match.
    func match(_ text: String, isGreedy: Bool) throws(MatcherFault) -> [(name: String, value: String)]? {
        let bytes = Array(text.utf8)
        guard bytes.count <= Self.maxSteps / (parts.count + 1) else { throw .tooMuchWork }
        var failed: Set<Int> = []
        var found: [(name: String, value: String)] = []
        /// Whether the parts from here on match what is left of the text; their parameters are found last to first.
        func matches(_ part: Int, _ start: Int) -> Bool {
            var (part, start) = (part, start)
            while part < parts.count, case .literal(let byte) = parts[part] {
                guard start < bytes.count, bytes[start] == byte else { return false }
                (part, start) = (part + 1, start + 1)
            }
            guard part < parts.count else { return start == bytes.count }
            let place = part * (bytes.count + 1) + start
            if failed.contains(place) { return false }
            let least: Int
            let most: Int
            switch parts[part] {
            case .wildcard: (least, most) = (start, bytes.count)
            case .parameter, .literal:
                let end = bytes[start...].firstIndex(of: UInt8(ascii: "/")) ?? bytes.count
                (least, most) = (start + 1, end)
            }
            guard least <= most else { return false }
            for step in 0...(most - least) {
                let end = isGreedy ? most - step : least + step
                guard matches(part + 1, end) else { continue }
                if case .parameter(let name) = parts[part] {
                    found.append((name, String(decoding: bytes[start..<end], as: UTF8.self)))
                }
                return true
            }
            failed.insert(place)
            return false
        }
        return matches(0, 0) ? found.reversed() : nil
    }
}
