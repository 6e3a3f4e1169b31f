/// Environment variable files: documents of `KEY=value` lines.
///
/// There is no standard; this is the common subset of popular readers. `export` may precede the key, and white space
/// may surround `=`. A line that begins with `#` is a comment, and so is the text after ` #` following a value. A value
/// in single quotes is literal. In double quotes `\n`, `\r`, `\t`, `\"`, `\\`, `\$` and `` \` `` are escapes, and any
/// other backslash is literal. Quoted values can span lines. An unquoted value ends with its line, has no surrounding
/// white space and does not begin with a backtick, which readers treat differently. Nothing is expanded: `$NAME` is
/// text.
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
