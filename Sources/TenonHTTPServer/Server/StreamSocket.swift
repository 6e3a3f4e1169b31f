internal import NIOCore
internal import TenonDomain
internal import TenonKit

extension Channel {
    /// Makes a socket ready for an answer that goes on. Linux alone knows these options by these numbers (tcp(7)); where they
    /// are not known, streams work all the same.
    func expectLittle(within limit: Duration) {
        // TCP_NOTSENT_LOWAT. Else the kernel takes megabytes for a client that does not read, and tells of one that reads
        // slowly only when a third of them is gone.
        try? syncOptions?.setOption(.tcpOption(.init(rawValue: 25)), value: .init(ExchangeWriter.piece))
        // TCP_USER_TIMEOUT, in milliseconds. Else a client that vanished without a word is missed a quarter of an hour
        // later, for what little is written fits into the kernel's buffer.
        try? syncOptions?.setOption(.tcpOption(.init(rawValue: 18)), value: .init(limit.milliseconds))
    }
}
