/// The receiving end of a streaming body.
package struct AnswerBody: Sendable {
    private let take: @Sendable ([UInt8]) async -> Bool

    package init(_ take: @escaping @Sendable ([UInt8]) async -> Bool) {
        self.take = take
    }

    /// Suspends until the bytes have left this process, so that a body holds at most one write. False if the client has
    /// disconnected or the service stops: then the body must return.
    package func write(_ bytes: [UInt8]) async -> Bool {
        await take(bytes)
    }

    package func write(_ text: String) async -> Bool {
        await take(Array(text.utf8))
    }
}
