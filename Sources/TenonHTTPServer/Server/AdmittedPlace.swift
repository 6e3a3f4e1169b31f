internal import Synchronization
internal import TenonDomain

/// The slot of an admitted request.
final class AdmittedPlace: RunningPlace {
    private let admission: Admission
    private let tenant: TenantID?
    private let isAway = Mutex(false)

    init(_ admission: Admission, of tenant: TenantID?) {
        self.admission = admission
        self.tenant = tenant
    }

    /// Call once, when the request has finished.
    func giveBack() {
        admission.leave(tenant)
    }

    func leave<Value: Sendable>(
        toWaitFor other: TenantID?, _ body: () async throws(Failure) -> Value
    ) async throws(Failure) -> Value {
        // Two branches of one request wait at the same time: it has a single slot.
        let wasAway = isAway.withLock { isAway in
            defer { isAway = true }
            return isAway
        }
        guard !wasAway else { return try await body() }
        guard admission.suspend(tenant, toWaitFor: other) else {
            isAway.withLock { $0 = false }
            throw Failure(
                .overloaded, "Too many requests are waiting. Try again after `Retry-After`.", retryAfter: .seconds(1))
        }
        let outcome: Result<Value, Failure>
        do throws(Failure) { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await withCheckedContinuation { continuation in
            admission.resume(tenant, afterWaitingFor: other) { continuation.resume() }
        }
        isAway.withLock { $0 = false }
        return try outcome.get()
    }
}
