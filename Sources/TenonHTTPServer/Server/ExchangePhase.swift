internal import NIOCore

/// The phase of a connection's exchange.
enum ExchangePhase {
    /// Between requests.
    case idle
    /// A head has begun to arrive.
    case receivingHead
    /// The stores are asked for the caller, who determines whether the body is wanted.
    case identifying
    case receivingBody(any ExchangeRequest)
    /// The response is known; the rest of a small body is read first, so that the connection can be reused.
    case discardingBody(WireAnswer, left: Int)
    case working(any ExchangeRequest)
    /// The response is being written to the socket.
    case answering
    /// The response's head is sent, and its body follows piece by piece.
    case streaming(any ExchangeRequest)
    /// The last response is sent. Input is discarded for a moment, because closing would reset the connection and lose
    /// the response (RFC 9112 §9.6).
    case lingering
    case closed

    /// Whether input belongs to requests after the current one.
    var isAnswerDue: Bool {
        switch self {
        case .identifying, .working, .answering, .streaming: true
        default: false
        }
    }

    /// Whether the next request may start.
    var isReady: Bool {
        switch self {
        case .identifying, .working, .answering, .streaming, .lingering, .closed: false
        default: true
        }
    }

    /// The current request, if it is long-lived.
    var longLived: (any ExchangeRequest)? {
        switch self {
        case .working(let request): request.isLongLived ? request : nil
        case .streaming(let request): request
        default: nil
        }
    }

    /// Whether a client that closes its sending side counts as disconnected: a client that waits for an event, or for
    /// heavy work, has no reason to close it before the response.
    var endsWithInput: Bool {
        if case .working(let request) = self { request.isLongLived || request.isHeavy } else { longLived != nil }
    }
}
