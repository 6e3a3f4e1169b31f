/// A regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax), matched in time
/// proportional to the length of the text times the size of the pattern, whatever they are. So there
/// are no back-references and no look-around. Scripts (`\p{Greek}`) are not supported; general
/// categories (`\pL`, `\p{Lu}`) are, and so is ECMA-262's `\u0041` and `\u{1F432}`. Equal patterns are those of one source
/// and one dialect.
public struct Pattern: Sendable {
    /// What `\s` and `.` stand for.
    public enum Dialect: Sendable {
        /// `\s` is ASCII's white space but for `\v`; `.` is all but line feed. As policies have it.
        case re2
        /// `\s` is Unicode's white space, U+FEFF and the ends of lines; `.` is all but these ends: line feed, carriage
        /// return, U+2028 and U+2029. As JSON Schema asks for, and so for all rules of values.
        case ecma262
    }

    /// The most scalars a source may have.
    public static let maxLength = 4096
    /// The most instructions a pattern may come to, counted repetitions written out.
    public static let maxInstructions = 10_000
    /// The most steps that the match of a text from outside may take: some 40 milliseconds.
    package static let maxSteps = 4_000_000
    /// How deep groups may be nested.
    public static let maxNesting = 200

    /// The pattern as it was written.
    public let source: String
    private let dialect: Dialect
    private let program: PatternProgram

    /// Compiles the source, or says what is wrong with it.
    public init(_ source: String, as dialect: Dialect = .re2) throws(PatternError) {
        self.source = source
        self.dialect = dialect
        var parser = try PatternParser(source, as: dialect)
        let node = try parser.parse()
        program = PatternProgram(node, sets: parser.sets)
    }

    /// Whether the pattern matches anywhere in the text, as JSON Schema has it; `^` and `$` (the very
    /// beginning and end, unless `(?m)` says lines) tie it down. Scalars are compared as they are,
    /// without normalisation. Allocates at most once.
    public func matches(_ text: String) -> Bool {
        var meter = StepMeter(.max)
        return matches(text, &meter)
    }

    /// The same, as far as the meter allows; false where it does not.
    package func matches(_ text: String, _ meter: inout StepMeter) -> Bool {
        var text = text
        return text.withUTF8 { program.matches($0, &meter) }
    }

    /// Its size, 16 bytes each: at most `maxInstructions` and one.
    package var instructionCount: Int { program.instructions.count }
}

extension Pattern: Hashable {
    public static func == (left: Pattern, right: Pattern) -> Bool {
        left.dialect == right.dialect && sameBytes(left.source, right.source)
    }
    public func hash(into hasher: inout Hasher) { hashBytes(source, into: &hasher) }
}

extension Pattern: CustomStringConvertible {
    public var description: String { source }
}

/// Why a source is no pattern, and where.
public struct PatternError: Error, Sendable, Hashable {
    /// Stable names, part of the API through violations.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not a regular expression as RE2 writes them.
        case invalidPattern = "invalid_pattern"
        /// The source is longer than `Pattern.maxLength`.
        case patternTooLong = "pattern_too_long"
        /// It comes to more than `Pattern.maxInstructions`.
        case patternTooLarge = "pattern_too_large"
        /// Groups are nested deeper than `Pattern.maxNesting`.
        case nestingTooDeep = "pattern_nesting_too_deep"
        /// `\1`, `\k<name>`, `(?P=name)`: no linear-time matcher has them.
        case backReference = "back_reference_not_supported"
        /// `(?=`, `(?!`, `(?<=`, `(?<!`: no linear-time matcher has them.
        case lookAround = "look_around_not_supported"
        /// `\p{Greek}` and the like.
        case script = "script_not_supported"
    }

    public let code: Code
    /// One sentence for people; repeats nothing of the pattern.
    public let detail: String
    /// Where in the source, from 0, in Unicode scalars.
    public let offset: Int

    init(_ code: Code, _ sentence: String, at offset: Int) {
        self.code = code
        self.offset = offset
        detail = "Position \(offset + 1): \(sentence)."
    }
}
