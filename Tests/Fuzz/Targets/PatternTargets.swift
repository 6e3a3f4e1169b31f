@testable internal import TenonKit

/// A pattern that stands in a fuzz target.
func pattern(_ source: String) -> Pattern {
    do {
        return try Pattern(source)
    } catch {
        fatalError("\(source): \(error.detail)")
    }
}

enum PatternTargets {
    /// The pattern and the text: the matcher agrees with a naive one, and takes time in proportion to both.
    static func pattern(_ source: String, _ text: String) {
        let scalars = source.unicodeScalars.count
        do throws(PatternError) {
            let pattern = try Pattern(source)
            precondition(isSame(pattern.source, source), "the source changed")
            var parser = try PatternParser(source)
            let node = try parser.parse()
            let size = PatternProgram(node, sets: parser.sets).instructions.count
            precondition(size <= Pattern.maxInstructions + 1, "the parser measures too little")
            var matches = false
            let time = processorTime { matches = pattern.matches(text) }
            let steps = size * (text.utf8.count + 1)
            precondition(time < .milliseconds(20) + .microseconds(5) * steps, "\(time) for \(steps) steps")
            if let expected = NaiveMatcher.matches(node, parser.sets, in: text) {
                precondition(matches == expected, "a naive matcher says \(expected)")
            }
        } catch {
            precondition((0...scalars).contains(error.offset), "the place is outside the source")
            precondition(error.detail.hasPrefix("Position \(error.offset + 1): "), "the detail says another place")
        }
    }

    /// A set has the scalars that its parts have, whatever way they are kept.
    static func set(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        let options = reader.byte()
        let (isNegated, ignoresCase) = (options & 1 != 0, options & 2 != 0)
        var parts: [PatternSet.Item] = []
        while !reader.isAtEnd { parts.append(part(&reader)) }
        let set = PatternSet(parts, isNegated: isNegated, ignoresCase: ignoresCase)
        let ends = parts.flatMap(\.ranges).flatMap { [$0 &- 1, $0, $0 + 1] }
        for scalar in ends + [0, 0x41, 0x6B, 0x7F, 0x80, 0xDF, 0x17F, 0x3C2, 0x212A, 0x10FFFF]
        where Unicode.Scalar(scalar) != nil {
            let variants = (ignoresCase ? CaseVariants.of(scalar) : nil) ?? [scalar]
            let isExpected = parts.contains { part in
                variants.contains { isInside(part, $0) } != part.isNegated
            }
            precondition(set.contains(scalar) == (isExpected != isNegated), "U+\(String(scalar, radix: 16)) is wrong")
            if scalar > 0x7F, set.contains(scalar) {
                precondition(set.reachesBeyondASCII, "the set is taken for one of ASCII")
            }
        }
    }

    private static func isInside(_ part: PatternSet.Item, _ scalar: UInt32) -> Bool {
        let pairs = stride(from: 0, to: part.ranges.count, by: 2)
        return pairs.contains { part.ranges[$0] <= scalar && scalar <= part.ranges[$0 + 1] }
            || Unicode.Scalar(scalar).map { part.categories & UnicodeCategory.bit(of: $0) != 0 } ?? false
    }

    /// As the parser makes them: one range, or several in order; a category or none.
    private static func part(_ reader: inout ByteReader) -> PatternSet.Item {
        let options = reader.byte()
        var ends: [UInt32] = []
        for _ in 0..<(options & 3) * 2 { ends.append(UInt32(reader.word(bytes: 3) % 0x11_0000)) }
        // No end twice: ranges of one part do not touch.
        ends = Set(ends).sorted()
        if ends.count % 2 != 0 { ends.append(ends[ends.count - 1]) }
        return PatternSet.Item(
            ranges: ends, categories: options & 4 != 0 ? 1 << UInt32(reader.byte() % 30) : 0,
            isNegated: options & 8 != 0)
    }
}
