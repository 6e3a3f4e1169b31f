internal import NIOCore

/// Where the exchange of a connection stands.
enum ExchangePhase {
    /// Between requests.
    case idle
    /// A head began to arrive.
    case receivingHead
    /// Whether the body is wanted depends on who asks, which the stores are asked for.
    case identifying
    case receivingBody(any ExchangeRequest)
    /// The answer is known; what is left of a small body is read first, so that the connection can live on.
    case discardingBody(WireAnswer, left: Int)
    case working(any ExchangeRequest)
    /// The answer is on its way into the socket.
    case answering
    /// The answer's head is out, and its body comes bit by bit.
    case streaming(any ExchangeRequest)
    /// The last answer is out. What the client still sends is thrown away for a moment, for closing would reset the
    /// connection and take the answer from it (RFC 9112 §9.6).
    case lingering
    case closed

    /// Whether what comes belongs to requests after the one at hand.
    var isAnswerDue: Bool {
        switch self {
        case .identifying, .working, .answering, .streaming: true
        default: false
        }
    }

    /// Whether the next request may be taken.
    var isReady: Bool {
        switch self {
        case .identifying, .working, .answering, .streaming, .lingering, .closed: false
        default: true
        }
    }

    /// The request at hand, where it waits for something to happen or its answer goes on.
    var longLived: (any ExchangeRequest)? {
        switch self {
        case .working(let request): request.isLongLived ? request : nil
        case .streaming(let request): request
        default: nil
        }
    }

    /// Whether a client that ends its side counts as gone: a client that waits for something to happen, or for heavy
    /// work, has no reason to end its side before the answer.
    var endsWithInput: Bool {
        if case .working(let request) = self { request.isLongLived || request.isHeavy } else { longLived != nil }
    }
}
