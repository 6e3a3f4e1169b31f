/// Documents of `KEY=value` lines, as programs read their environment from.
///
/// There is no standard; this is what the common readers agree on. `export` may come before the key, and white
/// space around `=`. A line that begins with `#` is a comment, and so is what follows ` #` after a value. A value
/// in single quotes is taken as it is. In double quotes `\n`, `\r`, `\t`, `\"`, `\\`, `\$` and `` \` `` are escapes, and
/// any other backslash is one. Both kinds may span lines. Without quotes a value ends with its line, has no white
/// space around it and does not begin with a backtick, which readers disagree on. Nothing is expanded: `$NAME` is text.
public enum DotEnv {
    /// The items in the order of the lines; a byte order mark is skipped, and a line may end with CR and LF. Within
    /// quotes CR and LF are a line feed where all lines end so. Fails as `.invalid` with violations whose detail begins with "Line N: …".
    public static func read(_ bytes: [UInt8]) throws(Failure) -> [ConfigDocumentItem] {
        let items: [ConfigDocumentItem]
        do throws(Violation) {
            var parser = DotEnvParser(bytes)
            items = try parser.items()
        } catch {
            throw .invalid([error])
        }
        return try ConfigDocuments.checked(items)
    }
}
