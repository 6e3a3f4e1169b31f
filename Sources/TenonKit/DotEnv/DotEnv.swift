/// Documents of `KEY=value` lines, as programs read their environment from.
///
/// There is no standard; this is what the common readers agree on. `export` may come before the key, and white
/// space around `=`. A line that begins with `#` is a comment, and so is what follows ` #` after a value. A value
/// in single quotes is taken as it is. In double quotes `\n`, `\r`, `\t`, `\"`, `\\`, `\$` and `` \` `` are escapes, and
/// any other backslash is one. Both kinds may span lines. Without quotes a value ends with its line, has no white
/// space around it and does not begin with a backtick, which readers disagree on. Nothing is expanded: `$NAME` is text.
public enum DotEnv {
    /// What one `KEY=value` line says; in quotes it may span several.
    public struct Line: Sendable, Equatable {
        public let key: String
        public let text: String
        /// Where it begins, from 1.
        public let number: Int
    }

    /// The lines in their order, of which one more than `limit` ends the reading. A byte order mark is skipped, and a line
    /// may end with CR and LF; within quotes these are a line feed where all lines end so. Fails with a violation whose
    /// detail begins with "Line N: …".
    public static func lines(of bytes: [UInt8], limit: Int) throws(Violation) -> [Line] {
        var parser = DotEnvParser(bytes, limit: limit)
        return try parser.lines()
    }
}
