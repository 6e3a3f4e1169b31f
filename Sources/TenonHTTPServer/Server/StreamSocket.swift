internal import NIOCore
internal import TenonDomain
internal import TenonKit

extension Channel {
    /// Prepares a socket for a streaming response. Only Linux has these options with these numbers (tcp(7)); without
    /// them streams still work.
    func expectLittle(within limit: Duration) {
        // TCP_NOTSENT_LOWAT. Otherwise the kernel buffers megabytes for a client that does not read, and reports a slow
        // one only when a third of them is sent.
        try? syncOptions?.setOption(.tcpOption(.init(rawValue: 25)), value: .init(ExchangeWriter.piece))
        // TCP_USER_TIMEOUT, in milliseconds. Otherwise a client that vanished is noticed a quarter of an hour later,
        // because the small writes fit into the kernel's buffer.
        try? syncOptions?.setOption(.tcpOption(.init(rawValue: 18)), value: .init(limit.milliseconds))
    }
}
