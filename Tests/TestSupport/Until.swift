/// What a test waited for and what never came, with the last error of who asked.
public struct NeverCame: Error, CustomStringConvertible {
    public let description: String
}

/// Asks again and again until it is so: for what another task, process or server does, which has no time of its own. An
/// error of the question means not yet. The limit is there so that a test ends at all, also on a slow machine that is
/// shared: past it the answer is `NeverCame`.
public func until(
    _ what: String = "what was waited for", within limit: Duration = .seconds(60), fileID: String = #fileID,
    line: Int = #line, _ condition: () async throws -> Bool
) async throws {
    let deadline = ContinuousClock.now + limit
    while true {
        var fault: (any Error)?
        do {
            if try await condition() { return }
        } catch {
            fault = error
        }
        guard ContinuousClock.now < deadline else {
            let reason = fault.map { ": \($0)" } ?? ""
            throw NeverCame(description: "\(what) never came (\(fileID):\(line))\(reason)")
        }
        try await Task.sleep(for: .milliseconds(5))
    }
}
