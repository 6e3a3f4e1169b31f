/// A parsed pattern.
indirect enum PatternNode {
    case empty
    /// One scalar from the first to the last.
    case range(UInt32, UInt32)
    /// One scalar of the set with that index in the parser's `sets`.
    case set(Int)
    case assertion(PatternAssertion)
    case concatenation([PatternNode])
    case alternation([PatternNode])
    /// `most` is nil without an upper limit. Greedy and lazy are the same, because they do not change whether a text
    /// matches.
    case repetition(PatternNode, least: Int, most: Int?)
}

/// A condition on a position between two scalars.
enum PatternAssertion: UInt32 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary

    /// Whether it holds at that position. Only ASCII characters belong to words, so bytes suffice.
    func holds(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        switch self {
        case .textStart: place == 0
        case .textEnd: place == text.count
        case .lineStart: place == 0 || text[place - 1] == .newline
        case .lineEnd: place == text.count || text[place] == .newline
        case .wordBoundary: isBoundary(in: text, at: place)
        case .notWordBoundary: !isBoundary(in: text, at: place)
        }
    }

    private func isBoundary(in text: UnsafeBufferPointer<UInt8>, at place: Int) -> Bool {
        (place > 0 && text[place - 1].isWord) != (place < text.count && text[place].isWord)
    }
}

extension UInt8 {
    /// `[0-9A-Za-z_]`.
    fileprivate var isWord: Bool {
        isDigit || (self | 0x20) &- UInt8(ascii: "a") < 26 || self == UInt8(ascii: "_")
    }
}
