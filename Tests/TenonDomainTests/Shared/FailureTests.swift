import TenonDomain
import TenonKit
import Testing

@Suite struct FailureTests {
    private struct Cause: Error {}

    @Test("a failure describes itself by its code and what it says, and by every violation with its pointer")
    func description() {
        let plain = Failure(.serviceUnavailable, "The database does not answer.", cause: Cause())
        #expect("\(plain)" == "service_unavailable: The database does not answer.")
        let invalid = Failure.invalid([
            Violation(pointer: "/limit", code: "too_large", detail: "must be at most 200, got 500"),
            Violation(code: "too_many", detail: "has too many members"),
        ])
        #expect("\(invalid)" == "validation_failed: /limit: must be at most 200, got 500; has too many members")
    }
}
