internal import NIOCore
internal import NIOHTTP1

/// What stays known of the request at hand from its head to its answer.
struct CurrentRequest {
    var version = HTTPVersion.http1_1
    private var isHTTP10KeptAlive = false
    var expectsContinue = false
    /// What the head says; 0 where it says nothing.
    var length = 0
    /// No other follows on this connection.
    var isLast = false
    /// Whether all of it has come.
    var isComplete = true
    /// Bytes that came after its answer had begun.
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

    /// `date` is the Date field's text.
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
