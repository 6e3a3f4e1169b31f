internal import TenonKit

/// A key with parameters, for the functions that read the values of parameters. All other text is literal.
struct KeyTemplate {
    private enum Part {
        case literal(UInt8)
        case parameter(String)
        case wildcard
    }

    /// The maximum number of parts times bytes in a match.
    private static let maxSteps = 1_000_000

    private static let slash = UInt8(ascii: "/")

    private var parts: [Part] = []

    /// Nil if it has too many parts to match.
    init?(_ text: String, inBraces: Bool) {
        let bytes = Array(text.utf8)
        guard bytes.count <= 1024 else { return nil }
        var at = 0
        /// No parameter begins before this position, so an unclosed brace is searched only once.
        var literalEnd = 0
        while at < bytes.count {
            if bytes[at...].starts(with: "/*".utf8) {
                parts += [.literal(bytes[at]), .wildcard]
                at += 2
            } else if at >= literalEnd, let end = Self.parameterEnd(bytes, at, inBraces: inBraces) {
                let name = bytes[(at + 1)..<(inBraces ? end - 1 : end)]
                parts.append(.parameter(String(decoding: name, as: UTF8.self)))
                at = end
            } else {
                if at >= literalEnd, inBraces, bytes[at] == .openBrace {
                    literalEnd = bytes[at...].firstIndex(of: Self.slash) ?? bytes.count
                }
                parts.append(.literal(bytes[at]))
                at += 1
            }
        }
    }

    /// The end of the parameter that begins here: `:name` before the next `/`, `{name}` after its brace; nil if none
    /// begins.
    static func parameterEnd(_ bytes: [UInt8], _ start: Int, inBraces: Bool) -> Int? {
        if inBraces {
            guard bytes[start] == .openBrace, start + 1 < bytes.count, bytes[start + 1] != Self.slash else {
                return nil
            }
            let end = bytes[(start + 2)...].firstIndex { $0 == .closeBrace || $0 == Self.slash }
            return end.flatMap { bytes[$0] == .closeBrace ? $0 + 1 : nil }
        }
        guard bytes[start] == .colon, start + 1 < bytes.count, bytes[start + 1] != Self.slash else { return nil }
        return bytes[start...].firstIndex(of: Self.slash) ?? bytes.count
    }

    /// The cost of a match: every part at every position of the text.
    func work(on text: String) -> Int { (parts.count + 1) * (text.utf8.count + 1) }

    /// The value of each parameter, with earlier ones as long or as short as possible; nil if the text does not match.
    /// Takes time and memory in proportion to `work`.
    func match(_ text: String, isGreedy: Bool) throws(MatcherFault) -> [(name: String, value: String)]? {
        guard work(on: text) <= Self.maxSteps else { throw .tooMuchWork }
        let bytes = Array(text.utf8)
        let fits = fits(bytes)
        let width = bytes.count + 1
        guard fits[0] else { return nil }
        var found: [(name: String, value: String)] = []
        var start = 0
        for (number, part) in parts.enumerated() {
            let rest = fits[((number + 1) * width)..<((number + 2) * width)]
            /// The position from which the remaining parts match the rest.
            func end(_ least: Int, _ most: Int) -> Int {
                let ends = rest[(rest.startIndex + least)...(rest.startIndex + most)]
                let end = isGreedy ? ends.lastIndex(of: true) : ends.firstIndex(of: true)
                return (end ?? ends.startIndex) - rest.startIndex
            }
            switch part {
            case .literal: start += 1
            case .wildcard: start = end(start, bytes.count)
            case .parameter(let name):
                let stop = end(start + 1, bytes[start...].firstIndex(of: Self.slash) ?? bytes.count)
                found.append((name, String(decoding: bytes[start..<stop], as: UTF8.self)))
                start = stop
            }
        }
        return found
    }

    /// Whether the parts from an index match the text from a position, for all parts and positions, in rows of parts.
    private func fits(_ bytes: [UInt8]) -> [Bool] {
        let width = bytes.count + 1
        var fits = [Bool](repeating: false, count: (parts.count + 1) * width)
        fits[parts.count * width + bytes.count] = true
        for number in parts.indices.reversed() {
            let row = number * width
            let next = row + width
            switch parts[number] {
            case .literal(let byte):
                for place in bytes.indices where bytes[place] == byte { fits[row + place] = fits[next + place + 1] }
            case .wildcard:
                fits[row + bytes.count] = fits[next + bytes.count]
                for place in bytes.indices.reversed() {
                    fits[row + place] = fits[next + place] || fits[row + place + 1]
                }
            case .parameter:
                for place in bytes.indices.reversed() where bytes[place] != Self.slash {
                    fits[row + place] = fits[next + place + 1] || fits[row + place + 1]
                }
            }
        }
        return fits
    }
}
