internal import TenonDomain
internal import TenonKit

/// An answer that goes on: server-sent events (HTML Standard §9.2). Only a long-lived operation answers one. It has no
/// entity tag.
struct EventStream: Representation {
    static let mediaType = "text/event-stream"

    let body: StreamedBody

    var bytes: [UInt8] { [] }
    var stream: StreamedBody? { body }

    static var mediaTypes: [String] { [mediaType] }
    static var schema: JSONValue { ["type": "string"] }
    static var exampleJSON: JSONValue { .string("id: 1\nevent: changed\ndata: {}\n\n") }
    static var schemaName: String? { nil }
}

/// What an operation answers that can be watched: events as they happen, or what is known now.
enum WatchReply<Now: ReplyBody>: Representation {
    case events(EventStream)
    case now(Now)

    var mediaType: String {
        switch self {
        case .events: EventStream.mediaType
        case .now(let reply): reply.mediaType
        }
    }

    var bytes: [UInt8] {
        switch self {
        case .events: []
        case .now(let reply): reply.bytes
        }
    }

    var stream: StreamedBody? {
        switch self {
        case .events(let events): events.body
        case .now: nil
        }
    }

    static var mediaTypes: [String] { media.map(\.type) }
    static var media: [MediaDescription] { EventStream.media + Now.media }
    static var schema: JSONValue { Now.schema }
    static var exampleJSON: JSONValue { Now.exampleJSON }
    static var schemaName: String? { Now.schemaName }
}
