internal import TenonDomain
package import TenonKit

/// A streaming response: server-sent events (HTML Standard §9.2). Only a long-lived operation can return one. It has no
/// entity tag.
package struct EventStream: Representation {
    package static let mediaType = "text/event-stream"

    package let body: StreamedBody

    package init(body: @escaping StreamedBody) {
        self.body = body
    }

    package var bytes: [UInt8] { [] }
    package var stream: StreamedBody? { body }

    package static var mediaTypes: [String] { [mediaType] }
    package static var schema: JSONValue { ["type": "string"] }
    package static var exampleJSON: JSONValue { .string("id: 1\nevent: changed\ndata: {}\n\n") }
    package static var schemaName: String? { nil }
}

/// The response of a watch: events as they happen, or the current state.
package enum WatchReply<Now: ReplyBody>: Representation {
    case events(EventStream)
    case now(Now)

    package var mediaType: String {
        switch self {
        case .events: EventStream.mediaType
        case .now(let reply): reply.mediaType
        }
    }

    package var bytes: [UInt8] {
        switch self {
        case .events: []
        case .now(let reply): reply.bytes
        }
    }

    package var stream: StreamedBody? {
        switch self {
        case .events(let events): events.body
        case .now: nil
        }
    }

    package static var mediaTypes: [String] { media.map(\.type) }
    package static var media: [MediaDescription] { EventStream.media + Now.media }
    package static var schema: JSONValue { Now.schema }
    package static var exampleJSON: JSONValue { Now.exampleJSON }
    package static var schemaName: String? { Now.schemaName }
}
