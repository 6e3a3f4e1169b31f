internal import TenonDomain

/// Writes a body that comes bit by bit, and returns when it is whole. What it throws cuts the body off, so that the client
/// cannot take it for whole; what can fail as a problem fails before, in the endpoint's `handle`. Its task is cancelled
/// when the client is gone, and when the service wants to end.
typealias StreamedBody = @Sendable (AnswerBody) async throws(Failure) -> Void

/// The client's end of a body that comes bit by bit.
struct AnswerBody: Sendable {
    private let take: @Sendable ([UInt8]) async -> Bool

    init(_ take: @escaping @Sendable ([UInt8]) async -> Bool) {
        self.take = take
    }

    /// Suspends until the bytes have left this process, so that a body holds no more than one write. False when nothing
    /// more is wanted, for the client is gone or the service ends: then the body returns.
    func write(_ bytes: [UInt8]) async -> Bool {
        await take(bytes)
    }

    func write(_ text: String) async -> Bool {
        await take(Array(text.utf8))
    }
}
