internal import Glibc
public import TenonDomain

extension FailureCode {
    public static let backupRefused = FailureCode(
        "backup_refused", .conflict, "The backup cannot be made or restored",
        "A file of the operator's command line is in the way, damaged, or of another version.")
}

extension Failure {
    static func backup(_ detail: String) -> Failure { Failure(.backupRefused, detail) }

    /// The same for a call to the system that failed: `detail` and the reason after a colon.
    static func backup(_ detail: String, _ code: Int32) -> Failure {
        .backup("\(detail): \(String(cString: strerror(code))).")
    }
}
