/// A regular expression in RE2's syntax (https://github.com/google/re2/wiki/Syntax), matched in time proportional to
/// the length of the text times the size of the pattern. So there are no back-references and no look-around. Scripts
/// (`\p{Greek}`) are not supported; general categories (`\pL`, `\p{Lu}`) are, and so is ECMA-262's `\u0041` and
/// `\u{1F432}`. Patterns are equal if source and dialect are.
public struct Pattern: Sendable {
    /// The meaning of `\s` and `.`.
    public enum Dialect: Sendable {
        /// `\s` is ASCII white space except `\v`; `.` is everything except line feed. For policies.
        case re2
        /// `\s` is Unicode white space, U+FEFF and line ends; `.` is everything except line ends: line feed, carriage
        /// return, U+2028 and U+2029. Required by JSON Schema, and used for all rules of values.
        case ecma262
    }

    /// The maximum number of scalars in a source.
    public static let maxLength = 4096
    /// The maximum number of instructions of a pattern, with counted repetitions expanded.
    public static let maxInstructions = 10_000
    /// The maximum steps of matching an external text: about 40 milliseconds.
    package static let maxSteps = 4_000_000
    /// The maximum nesting of groups.
    public static let maxNesting = 200

    /// The pattern as written.
    public let source: String
    private let dialect: Dialect
    private let program: PatternProgram

    /// Compiles the source, or fails with the reason.
    public init(_ source: String, as dialect: Dialect = .re2) throws(PatternError) {
        self.source = source
        self.dialect = dialect
        var parser = try PatternParser(source, as: dialect)
        let node = try parser.parse()
        program = PatternProgram(node, sets: parser.sets)
    }

    /// Whether the pattern matches anywhere in the text, as in JSON Schema; `^` and `$` (beginning and end of the text,
    /// or of lines with `(?m)`) anchor it. Scalars are compared without normalisation. Allocates at most once.
    public func matches(_ text: String) -> Bool {
        var meter = StepMeter(.max)
        return matches(text, &meter)
    }

    /// The same, as far as the meter allows; false otherwise.
    package func matches(_ text: String, _ meter: inout StepMeter) -> Bool {
        var text = text
        return text.withUTF8 { program.matches($0, &meter) }
    }

    /// Its size in instructions of 16 bytes: at most `maxInstructions` and one.
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

/// Why a source is not a valid pattern, and where.
public struct PatternError: Error, Sendable, Hashable {
    /// Stable names, part of the API through violations.
    public enum Code: String, Sendable, Hashable, CaseIterable {
        /// Not a regular expression in RE2's syntax.
        case invalidPattern = "invalid_pattern"
        /// The source is longer than `Pattern.maxLength`.
        case patternTooLong = "pattern_too_long"
        /// It has more than `Pattern.maxInstructions`.
        case patternTooLarge = "pattern_too_large"
        /// Groups are nested deeper than `Pattern.maxNesting`.
        case nestingTooDeep = "pattern_nesting_too_deep"
        /// `\1`, `\k<name>`, `(?P=name)`: cannot be matched in linear time.
        case backReference = "back_reference_not_supported"
        /// `(?=`, `(?!`, `(?<=`, `(?<!`: cannot be matched in linear time.
        case lookAround = "look_around_not_supported"
        /// `\p{Greek}` and similar.
        case script = "script_not_supported"
    }

    public let code: Code
    /// One readable sentence; contains nothing of the pattern.
    public let detail: String
    /// The position in the source, from 0, in Unicode scalars.
    public let offset: Int

    init(_ code: Code, _ sentence: String, at offset: Int) {
        self.code = code
        self.offset = offset
        detail = "Position \(offset + 1): \(sentence)."
    }
}
