internal import ArgumentParser
internal import TenonDomain
internal import TenonKit

/// The error output and exit code of a failed command, as promised in docs/command-line.md.
enum CommandFailure {
    /// Runs a command's work. Prints a failure and ends the process with its exit code.
    static func exiting(_ work: () async throws(Failure) -> Void) async throws {
        do {
            try await work()
        } catch {
            for line in lines(error) { Output.complain(line) }
            throw exitCode(error.code.kind)
        }
    }

    static func exitCode(_ kind: FailureKind) -> ExitCode {
        switch kind {
        case .bug: ExitCode(1)
        case .invalid: ExitCode(2)
        case .notFound: ExitCode(3)
        case .unauthenticated, .denied: ExitCode(4)
        case .conflict, .stale, .unconditional: ExitCode(5)
        case .unavailable, .exhausted: ExitCode(6)
        }
    }

    static func lines(_ failure: Failure) -> [String] {
        let requestID = failure.members["request_id"]?.stringValue.map { ", request \($0)" } ?? ""
        var lines = ["\(failure.detail) [\(failure.code.slug)\(requestID)]"]
        if let slugs = failure.members["tenants"]?.arrayValue?.compactMap(\.stringValue) {
            lines.append("--tenant must be one of \(slugs.joined(separator: ", "))")
        }
        for violation in failure.violations where !violation.pointer.isEmpty || violation.detail != failure.detail {
            lines.append("\(violation.pointer.isEmpty ? "" : violation.pointer + ": ")\(violation.detail)")
        }
        return lines
    }
}
