internal import Glibc
internal import TenonDomain

/// Asks for a password: on a terminal without showing it, else it is the first line of standard input.
///
/// Not `getpass`: that one keeps the terminal from turning Ctrl-C into a signal.
enum PasswordPrompt {
    /// Signals that end the process or stop it; the terminal shows what is typed again before they do.
    private static let leaving = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP]

    // Signal handlers can capture nothing.
    nonisolated(unsafe) private static var shown = termios()
    nonisolated(unsafe) private static var hidden = termios()

    /// Nil where the input ends before a line does.
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
        // After a stop (SIGTSTP) the shell lets the process go on.
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

    /// Standard output stays free for what the command answers.
    private static func write(_ text: StaticString) {
        _ = Glibc.write(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
    }
}
