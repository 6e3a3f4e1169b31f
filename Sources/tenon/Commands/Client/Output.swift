internal import Glibc
internal import TenonDomain

/// Standard output, coloured and aligned on a terminal.
struct Output: Sendable {
    enum Colour: String {
        case red = "31"
        case green = "32"
        case yellow = "33"
        case bold = "1"
    }

    let isTerminal: Bool
    /// Respects `NO_COLOR` (no-color.org) and terminals without colours.
    private let isColoured: Bool

    init() {
        isTerminal = isatty(STDOUT_FILENO) == 1
        isColoured =
            isTerminal && ResolvedOptions.variable("NO_COLOR") == nil && ResolvedOptions.variable("TERM") != "dumb"
    }

    func line(_ text: String) {
        write(Array((text + "\n").utf8))
    }

    /// Writes the bytes unchanged. If the reader has gone, ends the process silently, as SIGPIPE would; the networking
    /// library ignores that signal.
    func write(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(STDOUT_FILENO, $0.baseAddress, $0.count) }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EPIPE {
                _exit(128 + SIGPIPE)
            } else if errno != EINTR {
                Self.complain("standard output cannot be written: \(String(cString: strerror(errno)).lowercased())")
                _exit(1)
            }
        }
    }

    /// The text in a colour, if colours are enabled.
    func coloured(_ text: String, _ colour: Colour) -> String {
        isColoured ? "\u{1B}[\(colour.rawValue)m\(text)\u{1B}[0m" : text
    }

    /// Aligned columns under their titles. Cells cannot contain terminal control sequences.
    func table(_ titles: [String], _ rows: [[String]]) {
        let rows = rows.map { $0.map(Self.printable) }
        let widths = titles.indices.map { column in
            ([titles] + rows).map { $0[column].count }.max() ?? 0
        }
        func aligned(_ row: [String]) -> String {
            var text = ""
            for (column, cell) in row.enumerated() {
                text +=
                    column == row.count - 1
                    ? cell : cell + String(repeating: " ", count: widths[column] - cell.count + 2)
            }
            return String(text.reversed().drop { $0 == " " }.reversed())
        }
        line(coloured(aligned(titles), .bold))
        for row in rows { line(aligned(row)) }
    }

    /// Escapes control characters and characters that reverse the text direction.
    static func printable(_ text: String) -> String {
        var printable = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\n": printable += "\\n"
            case "\t": printable += "\\t"
            case _
            where [.control, .format, .lineSeparator, .paragraphSeparator].contains(scalar.properties.generalCategory):
                printable += "\\u{\(String(scalar.value, radix: 16))}"
            default: printable.unicodeScalars.append(scalar)
            }
        }
        return printable
    }

    /// One line on standard error.
    static func complain(_ line: String) {
        let text = "tenon: \(printable(line))\n"
        _ = Glibc.write(STDERR_FILENO, text, text.utf8.count)
    }
}
