internal import NIOCore
internal import Synchronization
internal import TenonDomain
internal import TenonKit

/// The open connections and HTTP/2 streams: counts them in total and by address, drains and closes them. All addresses
/// of one IPv6 /64 network count as one.
final class ConnectionTable: Sendable {
    private struct State {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var connections = AddressCount()
        var streams = AddressCount()
        var refused = 0
        var isDraining = false
        var onEmpty: (@Sendable () -> Void)?
    }

    private let limits: ConnectionLimits
    private let isExempt: @Sendable (IPAddress) -> Bool
    private let state = Mutex(State())

    /// `isExempt` tells the addresses that many clients share: trusted proxies.
    init(limits: ConnectionLimits, isExempt: @escaping @Sendable (IPAddress) -> Bool) {
        self.limits = limits
        self.isExempt = isExempt
    }

    var counts: (open: Int, refused: Int) { state.withLock { ($0.channels.count, $0.refused) } }

    /// False if there are too many already. The connection is removed when it closes.
    func admit(_ channel: any Channel, from address: IPAddress?) -> Bool {
        let counted = counted(address)
        let isAdmitted = state.withLock { state in
            guard !state.isDraining, state.connections.add(counted, limits) else {
                state.refused += 1
                return false
            }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        if isAdmitted {
            channel.closeFuture.whenComplete { [weak self] _ in self?.forget(ObjectIdentifier(channel), counted) }
        }
        return isAdmitted
    }

    /// The same for a stream of a connection: an address can have as many streams as connections.
    func admitStream(_ stream: any Channel, from address: IPAddress?) -> Bool {
        let counted = counted(address)
        let isAdmitted = state.withLock { state in
            let isAdmitted = state.streams.add(counted, limits)
            if !isAdmitted { state.refused += 1 }
            return isAdmitted
        }
        if isAdmitted {
            stream.closeFuture.whenComplete { [weak self] _ in
                self?.state.withLock { $0.streams.remove(counted) }
            }
        }
        return isAdmitted
    }

    private func counted(_ address: IPAddress?) -> IPAddress? {
        address.flatMap { isExempt($0) ? nil : $0.subscriber }
    }

    private func forget(_ id: ObjectIdentifier, _ address: IPAddress?) {
        let onEmpty = state.withLock { state -> (@Sendable () -> Void)? in
            state.channels[id] = nil
            state.connections.remove(address)
            return state.channels.isEmpty ? state.onEmpty : nil
        }
        onEmpty?()
    }

    /// Asks every connection to finish its request and close; calls `onEmpty` after the last one.
    func drain(_ onEmpty: @escaping @Sendable () -> Void) {
        let channels = state.withLock { state in
            state.isDraining = true
            state.onEmpty = onEmpty
            return Array(state.channels.values)
        }
        if channels.isEmpty { onEmpty() }
        for channel in channels { channel.pipeline.fireUserInboundEventTriggered(ChannelShouldQuiesceEvent()) }
    }

    /// Closes all remaining connections.
    func closeAll() {
        for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
    }
}

/// The counts in total and by address; a nil address counts only in total.
private struct AddressCount {
    private var all = 0
    private var byAddress: [IPAddress: Int] = [:]

    /// False if a limit would be exceeded.
    mutating func add(_ address: IPAddress?, _ limits: ConnectionLimits) -> Bool {
        let ofAddress = address.map { byAddress[$0] ?? 0 } ?? 0
        guard all < limits.connections, ofAddress < limits.connectionsPerAddress else { return false }
        all += 1
        if let address { byAddress[address] = ofAddress + 1 }
        return true
    }

    mutating func remove(_ address: IPAddress?) {
        all -= 1
        guard let address, let count = byAddress[address] else { return }
        byAddress[address] = count > 1 ? count - 1 : nil
    }
}
