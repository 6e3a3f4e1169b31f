internal import NIOCore
internal import Synchronization
internal import TenonDomain

/// The queue in which requests wait for a slot.
final class Admission: Sendable {
    /// How often the queue is checked for requests that waited too long, if no slot is released.
    private static let sweep = TimeAmount.milliseconds(5)

    private struct Waiter: Sendable {
        let tenant: TenantID?
        let run: @Sendable () -> Void
        let turnAway: @Sendable () -> Void
    }

    private struct State {
        var admission: AdmissionState<Waiter>
        var isSweeping = false
    }

    private let state: Mutex<State>
    private let eventLoop: any EventLoop

    init(_ limits: AdmissionLimits, eventLoop: any EventLoop) {
        state = Mutex(State(admission: AdmissionState(limits)))
        self.eventLoop = eventLoop
    }

    var counts: (running: Int, waiting: Int, suspended: Int, turnedAway: Int) {
        state.withLock {
            ($0.admission.running, $0.admission.waiting, $0.admission.suspended, $0.admission.turnedAway)
        }
    }

    /// Calls one of the two, now or later and on any thread. After `run` call `leave`.
    func enter(_ tenant: TenantID?, run: @escaping @Sendable () -> Void, turnAway: @escaping @Sendable () -> Void) {
        let waiter = Waiter(tenant: tenant, run: run, turnAway: turnAway)
        let (entry, mustSweep) = state.withLock { state in
            let entry = state.admission.enter(waiter, of: tenant, at: .now)
            let mustSweep = state.admission.waiting > 0 && !state.isSweeping
            if mustSweep { state.isSweeping = true }
            return (entry, mustSweep)
        }
        if mustSweep { scheduleSweep() }
        switch entry {
        case .run: run()
        case .wait: break
        case .turnAway: turnAway()
        case .waitInsteadOf(let other): other.turnAway()
        }
    }

    func leave(_ tenant: TenantID?) {
        take(state.withLock { $0.admission.leave(tenant, at: .now) })
    }

    /// Releases the slot of a request while it waits for a resource of `other`; `resume` must follow. Returns false and
    /// keeps the slot if too many requests wait.
    func suspend(_ tenant: TenantID?, toWaitFor other: TenantID?) -> Bool {
        guard let turn = state.withLock({ $0.admission.suspend(tenant, toWaitFor: other, at: .now) }) else {
            return false
        }
        take(turn)
        return true
    }

    /// Calls `run` when the request has a slot again, now or later and on any thread.
    func resume(_ tenant: TenantID?, afterWaitingFor other: TenantID?, run: @escaping @Sendable () -> Void) {
        let waiter = Waiter(tenant: tenant, run: run, turnAway: {})
        take(state.withLock { $0.admission.resume(waiter, of: tenant, afterWaitingFor: other, at: .now) })
    }

    private func take(_ turn: AdmissionState<Waiter>.Turn) {
        for waiter in turn.turnAway { waiter.turnAway() }
        for waiter in turn.run { waiter.run() }
    }

    private func scheduleSweep() {
        eventLoop.scheduleTask(in: Self.sweep) { [self] in
            let (gone, goesOn) = state.withLock { state in
                let gone = state.admission.expire(at: .now)
                state.isSweeping = state.admission.waiting > 0
                return (gone, state.isSweeping)
            }
            for waiter in gone { waiter.turnAway() }
            if goesOn { scheduleSweep() }
        }
    }
}
