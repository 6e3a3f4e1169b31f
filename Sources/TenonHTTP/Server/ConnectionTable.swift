internal import NIOCore
internal import Synchronization
internal import TenonDomain

/// The open connections: counted in all and by address, told to finish, and closed.
final class ConnectionTable: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var perAddress: [IPAddress: Int] = [:]
        var refused = 0
        var isDraining = false
        var onEmpty: (@Sendable () -> Void)?
    }

    private let limits: ConnectionLimits
    private let isExempt: @Sendable (IPAddress) -> Bool
    private let state = Mutex(State())

    /// `isExempt` names the addresses that many clients share: trusted proxies.
    init(limits: ConnectionLimits, isExempt: @escaping @Sendable (IPAddress) -> Bool) {
        self.limits = limits
        self.isExempt = isExempt
    }

    var counts: (open: Int, refused: Int) { state.withLock { ($0.channels.count, $0.refused) } }

    /// False where there are too many already. The connection is forgotten when it closes.
    func admit(_ channel: any Channel, from address: IPAddress?) -> Bool {
        let counted = address.flatMap { isExempt($0) ? nil : $0 }
        let isAdmitted = state.withLock { state in
            let ofAddress = counted.map { state.perAddress[$0, default: 0] } ?? 0
            guard !state.isDraining, state.channels.count < limits.connections,
                ofAddress < limits.connectionsPerAddress
            else {
                state.refused += 1
                return false
            }
            state.channels[ObjectIdentifier(channel)] = channel
            if let counted { state.perAddress[counted] = ofAddress + 1 }
            return true
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { [weak self] _ in self?.forget(ObjectIdentifier(channel), counted) }
        }
        return isAdmitted
    }

    private func forget(_ id: ObjectIdentifier, _ address: IPAddress?) {
        let onEmpty = state.withLock { state -> (@Sendable () -> Void)? in
            state.channels[id] = nil
            if let address, let count = state.perAddress[address] {
                state.perAddress[address] = count > 1 ? count - 1 : nil
            }
            return state.channels.isEmpty ? state.onEmpty : nil
        }
        onEmpty?()
    }

    /// Asks every connection to finish what it does and end; calls `onEmpty` when the last one has.
    func drain(_ onEmpty: @escaping @Sendable () -> Void) {
        let channels = state.withLock { state in
            state.isDraining = true
            state.onEmpty = onEmpty
            return Array(state.channels.values)
        }
        if channels.isEmpty { onEmpty() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes what is still open, whatever it does.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}
