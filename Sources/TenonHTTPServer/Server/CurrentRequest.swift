internal import NIOCore
internal import NIOHTTP1

/// The state of the current request from its head to its response.
struct CurrentRequest {
    var version = HTTPVersion.http1_1
    private var isHTTP10KeptAlive = false
    var expectsContinue = false
    /// The declared length; 0 without one.
    var length = 0
    /// Whether it is the last request of this connection.
    var isLast = false
    /// Whether the whole request has arrived.
    var isComplete = true
    /// Bytes that arrived after its response had begun.
    var discarded = 0

    init() {}

    init(_ head: HTTPRequestHead) {
        version = head.version
        isHTTP10KeptAlive = head.isKeepAlive && head.version == .http1_0
        expectsContinue =
            head.version != .http1_0 && head.headers.first(name: "expect")?.lowercased() == "100-continue"
        length = head.headers.first(name: "content-length").flatMap { Int($0) } ?? 0
        isComplete = false
    }

    /// `date` is the text of the Date field.
    func head(of answer: WireAnswer, at date: String, isHTTP2: Bool) -> HTTPResponseHead {
        var head = HTTPResponseHead(version: version, status: answer.status, headers: answer.headers)
        head.headers.add(name: "Date", value: date)
        guard !isHTTP2 else { return head }
        if isLast {
            head.headers.add(name: "Connection", value: "close")
        } else if isHTTP10KeptAlive {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        if answer.stream != nil, version != .http1_0 {
            head.headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        return head
    }
}
