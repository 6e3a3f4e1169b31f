/// The client's end of a body that comes bit by bit.
package struct AnswerBody: Sendable {
    private let take: @Sendable ([UInt8]) async -> Bool

    package init(_ take: @escaping @Sendable ([UInt8]) async -> Bool) {
        self.take = take
    }

    /// Suspends until the bytes have left this process, so that a body holds no more than one write. False when nothing
    /// more is wanted, for the client is gone or the service ends: then the body returns.
    package func write(_ bytes: [UInt8]) async -> Bool {
        await take(bytes)
    }

    package func write(_ text: String) async -> Bool {
        await take(Array(text.utf8))
    }
}
