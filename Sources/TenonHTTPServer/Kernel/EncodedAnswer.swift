internal import TenonDomain
internal import TenonKit

/// An encoded response, with the data for its header fields.
struct EncodedAnswer: Sendable {
    let status: AnswerStatus
    let mediaType: String
    let content: AnswerBytes
    /// Replaces `content` for a streaming body.
    let stream: StreamedBody?
    let entityTag: EntityTag?
    let location: String?
    let caching: Caching
    let contentPolicy: String?
    let cookie: String?
    /// Whether it is the stored response to an earlier request.
    var isRepeat = false

    init<Reply>(_ answer: Answer<Reply>, success: AnswerStatus) {
        status = answer.status ?? success
        mediaType = answer.reply.mediaType
        content = answer.reply.shared.map { .shared($0) } ?? .own(answer.reply.bytes)
        stream = answer.reply.stream
        entityTag = answer.entityTag
        location = answer.location
        caching = answer.caching
        contentPolicy = answer.contentPolicy
        cookie = answer.cookie
    }

    /// As JSON, to be stored for repeats of the request.
    var kept: [UInt8] {
        var object = JSONObject()
        object["status"] = .number(JSONNumber(Int64(status.rawValue)))
        object["media_type"] = .string(mediaType)
        if case .own(let bytes) = content { object["body"] = .string(Base64URL.encode(bytes)) }
        if let entityTag { object["etag"] = .string(entityTag.text) }
        if let location { object["location"] = .string(location) }
        object["is_private"] = .bool(caching == .none)
        return Array(JSONValue.object(object).description.utf8)
    }

    /// Nil for anything that `kept` did not create.
    init?(kept bytes: [UInt8]) {
        guard let object = (try? JSONParser.parse(bytes))?.objectValue,
            let status = object["status"]?.numberValue?.int64.flatMap({ AnswerStatus(rawValue: Int($0)) }),
            let mediaType = object["media_type"]?.stringValue,
            let body = object["body"]?.stringValue.flatMap({ Base64URL.decode($0) })
        else { return nil }
        self.status = status
        self.mediaType = mediaType
        content = .own(body)
        stream = nil
        entityTag = object["etag"]?.stringValue.map { EntityTag(kept: $0) }
        location = object["location"]?.stringValue
        caching = object["is_private"]?.boolValue == true ? .none : .validated
        contentPolicy = nil
        cookie = nil
    }
}
