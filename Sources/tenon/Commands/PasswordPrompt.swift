internal import Glibc
internal import TenonDomain

/// Asks for a password: on a terminal without showing it, else it is the first line of standard input.
///
/// Does not use `getpass`, which prevents the terminal from turning Ctrl-C into a signal.
enum PasswordPrompt {
    /// Signals that end or stop the process. The terminal's echo is restored first.
    private static let leaving = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    // Signal handlers can capture nothing.
    nonisolated(unsafe) private static var shown = termios()
    nonisolated(unsafe) private static var hidden = termios()

    /// Nil if the input ends before a line does.
    static func read() -> Secret? {
        guard isatty(STDIN_FILENO) == 1, tcgetattr(STDIN_FILENO, &shown) == 0 else { return line() }
        hidden = shown
        hidden.c_lflag &= ~tcflag_t(ECHO)
        for number in leaving {
            signal(number) { number in
                tcsetattr(STDIN_FILENO, TCSAFLUSH, &PasswordPrompt.shown)
                signal(number, SIG_DFL)
                raise(number)
            }
        }
        // After a stop (SIGTSTP) the shell continues the process.
        signal(SIGCONT) { _ in PasswordPrompt.ask() }
        ask()
        defer {
            for number in leaving + [SIGCONT] { signal(number, SIG_DFL) }
            tcsetattr(STDIN_FILENO, TCSAFLUSH, &shown)
            write("\n")
        }
        return line()
    }

    private static func line() -> Secret? { readLine().map { Secret($0.utf8) } }

    private static func ask() {
        tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden)
        write("Password: ")
    }

    /// Standard output is reserved for the command's result.
    private static func write(_ text: StaticString) {
        _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
