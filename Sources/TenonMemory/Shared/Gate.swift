internal import TenonDomain
internal import TenonKit

/// Lets one task in at a time, in the order of their coming.
typealias Gate = Turns<Never?>

extension Gate {
    /// Waits until inside; `leave` follows. Fails with `cancelled`, and outside.
    func enter() async throws(Failure) {
        do throws(TurnError) {
            try await take(nil)
        } catch {
            throw Failure(.cancelled, "The request was cancelled.")
        }
    }

    func leave() { end(nil) }
}
