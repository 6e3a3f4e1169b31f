internal import NIOCore
internal import NIOHTTP1
internal import TenonDomain
internal import TenonKit

/// Adds the fields of responses, evaluates preconditions, and records log lines and metrics.
struct AnswerWriter: Sendable {
    let crossOrigin: CrossOrigin
    let digests: any KeyedDigests
    let log: RequestLog
    let metrics: RequestMetrics

    /// The status in the log and the metrics of a request whose client disconnected.
    private static let clientGone = HTTPResponseStatus(statusCode: 499, reasonPhrase: "Client Closed Request")

    /// Fails if a precondition of a read request does not hold. `lease` belongs to the content.
    func answer(
        _ answer: EncodedAnswer, holding lease: MemoryLease? = nil, _ context: RequestContext
    ) throws(Problem) -> WireAnswer {
        var headers = fields(context, contentPolicy: answer.contentPolicy)
        headers.add(name: "Cache-Control", value: answer.caching.field)
        if let location = answer.location { headers.add(name: "Location", value: location) }
        if let cookie = answer.cookie { headers.add(name: "Set-Cookie", value: cookie) }
        if answer.isRepeat { headers.add(name: "Idempotency-Replayed", value: "true") }
        let isReading = context.method == .GET || context.method == .HEAD
        if let tag = tag(of: answer, isReading: isReading) {
            headers.add(name: "ETag", value: tag.text)
            if isReading {
                let wanted = context.headers["if-match"]
                guard wanted.isEmpty || tag.isListed(inMatch: wanted) else {
                    throw Problem(.preconditionFailed, "The current entity tag is \(tag.text).")
                }
                let known = context.headers["if-none-match"]
                if !known.isEmpty, tag.isListed(inNoneMatch: known) {
                    return finished(WireAnswer(.notModified, headers), context)
                }
            }
        }
        guard answer.status != .noContent else { return finished(WireAnswer(.noContent, headers), context) }
        guard answer.status != .found else { return finished(body(.own([]), .found, headers, context), context) }
        headers.add(name: "Content-Type", value: answer.mediaType)
        if let stream = answer.stream {
            // A buffering proxy would delay events; nginx and others check this field.
            headers.add(name: "X-Accel-Buffering", value: "no")
            guard context.method != .HEAD else { return finished(WireAnswer(answer.status.http, headers), context) }
            return WireAnswer(answer.status.http, headers, stream: stream)
        }
        return finished(body(answer.content, holding: lease, answer.status.http, headers, context), context)
    }

    /// A stream ended: the body is complete, the client has disconnected, or `cause` cut it off.
    func ended(_ status: HTTPResponseStatus, _ context: RequestContext, cause: (any Error)?) {
        let took = ContinuousClock.now - context.begun
        // A request cancelled by its own client is not an error of the service.
        let isGivenUp = status == .serviceUnavailable && Task.isCancelled
        let status = isGivenUp ? Self.clientGone : status
        let cause = isGivenUp ? nil : cause
        metrics.count(context.entry?.operation.id, status.code, took: took)
        log.write(context, status, took: took, cause: cause)
    }

    func answer(_ problem: Problem, _ context: RequestContext) -> WireAnswer {
        var headers = fields(context)
        headers.add(contentsOf: problem.headers)
        headers.add(name: "Cache-Control", value: "no-store")
        headers.add(name: "Content-Type", value: "application/problem+json")
        let bytes = problem.body(instance: String(context.path), requestID: context.requestID)
        return finished(body(.own(bytes), problem.kind.status, headers, context), context, cause: problem.cause)
    }

    func redirect(to address: String, _ context: RequestContext) -> WireAnswer {
        var headers = fields(context)
        headers.add(name: "Location", value: address)
        return finished(body(.own([]), .permanentRedirect, headers, context), context)
    }

    /// `preflight` contains the fields of a CORS preflight response, if it is one.
    func options(_ methods: [String], _ preflight: HTTPHeaders?, _ context: RequestContext) -> WireAnswer {
        var headers = fields(context, isPreflight: preflight != nil)
        headers.add(name: "Allow", value: methods.joined(separator: ", "))
        if let preflight { headers.add(contentsOf: preflight) }
        return finished(WireAnswer(.noContent, headers), context)
    }

    private func fields(
        _ context: RequestContext, contentPolicy: String? = nil, isPreflight: Bool = false
    ) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers.reserveCapacity(16)
        headers.add(name: "X-Request-ID", value: context.requestID)
        SecurityHeaders.add(to: &headers, isSecure: context.client.isSecure, contentPolicy: contentPolicy)
        if !isPreflight { crossOrigin.add(to: &headers, for: context.headers) }
        if let rates = context.rates { RateFields.add(rates, to: &headers) }
        return headers
    }

    private func tag(of answer: EncodedAnswer, isReading: Bool) -> EntityTag? {
        guard answer.stream == nil else { return nil }
        if let tag = answer.entityTag { return tag }
        guard isReading, answer.status == .ok, answer.caching.isTagged else { return nil }
        return answer.content.tag(by: digests)
    }

    private func body(
        _ bytes: AnswerBytes, holding lease: MemoryLease? = nil, _ status: HTTPResponseStatus, _ headers: HTTPHeaders,
        _ context: RequestContext
    ) -> WireAnswer {
        var headers = headers
        headers.add(name: "Content-Length", value: String(bytes.count))
        guard context.method != .HEAD else { return WireAnswer(status, headers) }
        var answer = WireAnswer(status, headers, body: bytes)
        answer.lease = lease
        return answer
    }

    private func finished(
        _ answer: WireAnswer, _ context: RequestContext, cause: (any Error)? = nil
    ) -> WireAnswer {
        ended(answer.status, context, cause: cause)
        return answer
    }
}
