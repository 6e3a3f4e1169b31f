/// What a pattern's source means.
indirect enum PatternNode {
    case empty
    /// One scalar from the first to the last.
    case range(UInt32, UInt32)
    /// One scalar of the set at that place in the parser's `sets`.
    case set(Int)
    case assertion(PatternAssertion)
    case concatenation([PatternNode])
    case alternation([PatternNode])
    /// `most` is nil where there is no upper bound. Greedy or lazy makes no difference to whether a text matches.
    case repetition(PatternNode, least: Int, most: Int?)
}

/// A condition on a place between two scalars.
enum PatternAssertion: UInt32 {
    case textStart, textEnd, lineStart, lineEnd, wordBoundary, notWordBoundary

    /// Whether it holds at that place. Only ASCII counts as a word's, so bytes are all it takes.
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
