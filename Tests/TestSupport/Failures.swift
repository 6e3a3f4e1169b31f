public import TenonDomain

/// The failure that the body throws; nil where it returns.
public func failure<Result>(of body: () async throws(Failure) -> Result) async -> Failure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error
    }
}
