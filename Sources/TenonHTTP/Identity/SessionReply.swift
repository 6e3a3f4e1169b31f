internal import TenonDomain
internal import TenonHTTPServer

/// A session, for its owner to recognise.
struct SessionReply: ReplyBody {
    let session: Session
    let isCurrent: Bool

    func write(to fields: inout FieldWriter) {
        fields.field("id", session.id)
        fields.field("current", isCurrent)
        fields.field("address", session.address)
        fields.field("user_agent", session.userAgent)
        fields.field("created_at", session.createdAt)
        fields.field("refreshed_at", session.rotatedAt)
        fields.field("idle_until", session.idleUntil)
        fields.field("ends_at", session.endsAt)
    }

    static var example: SessionReply {
        SessionReply(
            session: Session.begin(
                id: .example, for: UserReply.example.user, from: Origin(address: "192.0.2.7", requestID: ""),
                lifetimes: TokenLifetimes(), at: .example
            ).0, isCurrent: true)
    }
}
